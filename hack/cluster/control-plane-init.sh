#!/usr/bin/env bash
# First process of a cluster: `control-plane-init.sh DIRECTORY`, pid 1 in new network, mount, IPC and process
# namespaces. Everything else of the cluster runs below it, the nodes too; its death is the end of all of them.
set -euo pipefail
dir=$1
# shellcheck source=hack/cluster/supervise.sh
source "$(dirname "${BASH_SOURCE[0]}")/supervise.sh"

join_cgroups "$dir/cgroups"
mount -t proc proc /proc
# Copies of other programs' network namespaces, which would keep those alive.
umount --recursive --lazy /run/netns 2>/dev/null || true
# The bridges are plain switches: what crosses them is no business of this namespace's rules.
for file in /proc/sys/net/bridge/bridge-nf-call-*; do
  if [ -e "$file" ]; then echo 0 >"$file"; fi
done
# The harness sets up the links meanwhile; without `lo` etcd has no address to listen on.
until [ -e "$dir/network-ready" ]; do sleep 0.05; done

# Four times as much memory before the garbage collector looks again: memory is there, processors are few.
export GOGC=400
for component in etcd kube-apiserver; do
  arguments "$dir/$component.args"
  supervise "$dir" "$component" "${arguments[@]}"
done
# These two end when they do not find an API server that is ready, and on a small machine they would slow it down.
until [ -e "$dir/api-ready" ]; do sleep 0.05; done
for component in kube-controller-manager kube-scheduler; do
  arguments "$dir/$component.args"
  supervise "$dir" "$component" "${arguments[@]}"
done
rest
