#!/bin/sh
# Stands in for the command `docker`: answers what kind v0.33 asks of an engine and of its nodes, makes no container, and
# writes down every call ($STAND_IN/calls) and what kind puts into a node ($STAND_IN/FILE.NODE). Anything else it refuses.
set -eu
: "${STAND_IN:?}"
printf '%s\n' "$*" >>"$STAND_IN/calls"
mkdir -p "$STAND_IN/nodes"

if [ -e "$STAND_IN/no-engine" ]; then
  echo 'Cannot connect to the Docker daemon. Is the docker daemon running?' >&2
  exit 1
fi

refuse() {
  echo "docker-stand-in: unexpected: $*" >&2
  exit 97
}

# in_node NODE COMMAND…
in_node() {
  node=$1
  shift
  [ -e "$STAND_IN/nodes/$node" ] || refuse "no such node $node"
  case $* in
    'cat /kind/version') echo v1.37.0 ;;
    'cat /etc/kubernetes/admin.conf')
      cat <<-EOF
	apiVersion: v1
	kind: Config
	clusters: [{name: kubernetes, cluster: {server: "https://inside:6443"}}]
	users: [{name: kubernetes-admin, user: {}}]
	contexts: [{name: kubernetes-admin@kubernetes, context: {cluster: kubernetes, user: kubernetes-admin}}]
	current-context: kubernetes-admin@kubernetes
	EOF
      ;;
    'cat /kind/manifests/'*) echo 'kind: List' ;;
    'mkdir -p '*) ;;
    'cp /dev/stdin /kind/kubeadm.conf') cat >"$STAND_IN/kubeadm.$node" ;;
    'kubeadm init '* | 'kubeadm join '*) ;;
    'kubectl --kubeconfig=/etc/kubernetes/admin.conf apply -f -') cat >/dev/null ;;
    'kubectl --kubeconfig=/etc/kubernetes/admin.conf get nodes -o json') node_objects ;;
    'containerd config dump') printf 'version = 3\n[plugins."io.containerd.cri.v1.images"]\nsnapshotter = "overlayfs"\n' ;;
    'ctr --namespace=k8s.io images import '*) cat >"$STAND_IN/imported.$node" ;;
    *) refuse "in $node: $*" ;;
  esac
}

# The first time without the last node, which takes a moment to register.
node_objects() {
  names=$(ls "$STAND_IN/nodes")
  if [ ! -e "$STAND_IN/asked" ]; then
    touch "$STAND_IN/asked"
    names=$(echo "$names" | sed '$d')
  fi
  separator=
  printf '{"items":['
  for name in $names; do
    printf '%s{"metadata":{"name":"%s"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}' "$separator" "$name"
    separator=,
  done
  printf ']}'
}

# start --name NAME --hostname NAME --label io.x-k8s.kind.role=ROLE …
start() {
  name=$2
  for word in "$@"; do
    case $word in io.x-k8s.kind.role=*) echo "${word#*=}" >"$STAND_IN/nodes/$name" ;; esac
  done
}

case $* in
  -v) echo 'Docker version 28.2.2, build stand-in' ;;
  info) echo 'Server Version: 28.2.2' ;;
  'info --format {{json .}}') echo '{"CgroupDriver":"systemd","CgroupVersion":"2","MemoryLimit":true,"PidsLimit":true,"CPUShares":true}' ;;
  'info '*) echo ;;
  'context '*) exit 1 ;;
  'ps -a --filter label=io.x-k8s.kind.cluster --format '*) [ -z "$(ls "$STAND_IN/nodes")" ] || echo probe ;;
  'ps -a --filter label=io.x-k8s.kind.cluster=probe --format {{.Names}}') ls "$STAND_IN/nodes" ;;
  'network ls '*) echo network-id ;;
  'network inspect '*) echo '[]' ;;
  'inspect --type=image '*) exit 1 ;;
  'pull '*) ;;
  'run --name '*) shift && start "$@" ;;
  'logs -f '*) echo 'Reached target Multi-User System.' ;;
  'inspect --format {{ index .Config.Labels "io.x-k8s.kind.role"}} '*) cat "$STAND_IN/nodes/$4" ;;
  'inspect --format {{ index .Config.Labels '*) echo ;;
  'inspect --format {{ with (index (index .NetworkSettings.Ports '*) printf '127.0.0.1\t6443\n' ;;
  'inspect -f {{range .NetworkSettings.Networks}}'*) echo 172.18.0.2, ;;
  'image inspect localhost/weft:dev') [ -e "$STAND_IN/has-image" ] ;;
  'save -o '*' localhost/weft:dev') echo 'the image' >"$3" ;;
  'rm -f -v '*) shift 3 && (cd "$STAND_IN/nodes" && rm "$@") ;;
  'exec '*)
    shift
    while [ "${1#-}" != "$1" ]; do shift; done
    in_node "$@"
    ;;
  *) refuse "$*" ;;
esac
