#!/usr/bin/env bash
# First process of a node: `node-init.sh DIRECTORY NAME`, pid 1 in new network, mount, host-name, IPC and
# process namespaces. It makes the node's private view of the file system, then runs containerd, kubelet and kube-proxy.
# Signs it gives and takes lie in /run/weft-cluster, which is gone with the node.
set -euo pipefail
dir=$1 name=$2
# shellcheck source=hack/cluster/supervise.sh
source "$(dirname "${BASH_SOURCE[0]}")/supervise.sh"
signs=/run/weft-cluster

# The machine's directories stay as they are: whatever the node writes goes to its own ones. The first tmpfs becomes
# /run; until then the parts that will be needed are collected below it.
private_view() {
  local stage=$dir/stage number=0 path
  umount --recursive --lazy /run/netns 2>/dev/null || true
  mount -t proc proc /proc
  mount -t tmpfs -o mode=0755 tmpfs "$stage"
  mkdir -p "$stage"/{lock,netns,weft-cluster/{keep,node,sys}}
  mkdir -m 1777 "$stage/tmp"
  mount --bind "$dir" "$stage/weft-cluster/node"
  while read -r path; do
    number=$((number + 1))
    mkdir "$stage/weft-cluster/keep/$number"
    mount --rbind "$path" "$stage/weft-cluster/keep/$number"
  done <"$dir/keep"
  # sysfs shows the network namespace of whoever mounted it.
  mount -t sysfs sysfs "$stage/weft-cluster/sys"
  mount --rbind /sys/fs/cgroup "$stage/weft-cluster/sys/fs/cgroup"
  mount --no-mtab --move "$stage/weft-cluster/sys" /sys
  mount --no-mtab --move "$stage" /run
  layer_over /etc
  mount --bind "$signs/node/var-lib" /var/lib
  mount --bind "$signs/node/var-log" /var/log
  mount --bind "$signs/node/opt" /opt
  mkdir -p /etc/cni
  mount --bind "$signs/node/etc-cni" /etc/cni
  mount -t tmpfs -o mode=1777 tmpfs /dev/shm
  mount --bind /run/tmp /tmp
  restore_kept
  node_identity
  # As systemd has it on a real node: what is mounted in one place shows up where it was handed on to.
  mount --make-rshared /
}

# layer_over PATH: writes go to the node's directory, or into memory where its file system cannot carry a layer.
layer_over() {
  local upper=$signs/node/etc
  mkdir -p "$upper"/{upper,work}
  mount -t overlay -o "lowerdir=$1,upperdir=$upper/upper,workdir=$upper/work" overlay "$1" 2>/dev/null && return
  upper=$signs/layer
  mkdir -p "$upper"/{upper,work}
  mount -t overlay -o "lowerdir=$1,upperdir=$upper/upper,workdir=$upper/work" overlay "$1"
}

# Programs and state may lie below a directory that is covered now; they show up at their old path again.
restore_kept() {
  local number=0 path
  while read -r path; do
    number=$((number + 1))
    mkdir -p "$path"
    mount --rbind "$signs/keep/$number" "$path"
  done <"$signs/node/keep"
}

# What a node is known by. kubelet reports the boot id, so that a status from before a reboot can be told from one after.
node_identity() {
  hostname "$name"
  rm -f /etc/machine-id /etc/resolv.conf /etc/hostname
  cp "$signs/node/machine-id" /etc/machine-id
  echo "$name" >/etc/hostname
  echo '# No name server: cluster names come from CoreDNS, others are not to be had.' >/etc/resolv.conf
  printf '%s-endpoint: unix:///run/containerd/containerd.sock\n' runtime image >/etc/crictl.yaml
  mount --bind "$signs/node/boot-id" /proc/sys/kernel/random/boot_id
}

# set_sysctl VALUE NAME…: those that this kernel has.
set_sysctl() {
  local value=$1 path
  shift
  for path; do
    if [ -e "/proc/sys/$path" ]; then echo "$value" >"/proc/sys/$path"; fi
  done
}

# import_images: the archives of the list that are newer than what this node imported from the same path.
import_images() {
  local archive stamp
  while read -r archive; do
    stamp=$dir/imported/${archive//\//_}
    if [ -e "$stamp" ] && [ ! "$archive" -nt "$stamp" ]; then continue; fi
    ctr --address /run/containerd/containerd.sock --namespace k8s.io images import "$archive" >/dev/null
    touch --reference "$archive" "$stamp"
  done <"$dir/images"
}

join_cgroups "$dir/cgroups"
private_view
export TMPDIR=/run/tmp
set_sysctl 1 net/ipv4/ip_forward net/ipv6/conf/all/forwarding net/bridge/bridge-nf-call-iptables \
  net/bridge/bridge-nf-call-ip6tables
set_sysctl 0 net/ipv4/conf/all/rp_filter net/ipv4/conf/default/rp_filter net/ipv4/conf/all/send_redirects \
  net/ipv4/conf/default/send_redirects
touch $signs/prepared

arguments "$dir/containerd.args"
supervise "$dir" containerd "${arguments[@]}"
until ctr --address /run/containerd/containerd.sock version >/dev/null 2>&1; do sleep 0.1; done
import_images
touch $signs/images-ready
# Links, routes and the Node object are the harness's.
until [ -e $signs/go ]; do sleep 0.05; done
# As in control-plane-init.sh. Not for containerd: the plugins that it calls would inherit it.
export GOGC=400
for component in kubelet kube-proxy; do
  arguments "$dir/$component.args"
  supervise "$dir" "$component" "${arguments[@]}"
done
wait_port 10248
touch $signs/kubelet-ready
rest
