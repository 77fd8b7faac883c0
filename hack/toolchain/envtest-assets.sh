#!/usr/bin/env bash
# What envtest wants in KUBEBUILDER_ASSETS: links to kube-apiserver, kubectl and etcd in one directory. Last line on
# stdout: the directory.
set -euo pipefail
toolchain=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=hack/toolchain/cache.sh
source "$toolchain/cache.sh"

link_assets() {
  ln -s -t "$1" "$kubernetes"/{kube-apiserver,kubectl} "$etcd/etcd"
}

kubernetes=$("$toolchain/kubernetes.sh")
etcd=$("$toolchain/etcd.sh")
cache_build envtest-assets "$(cache_key "${BASH_SOURCE[0]}" -- "$kubernetes" "$etcd")" link_assets
