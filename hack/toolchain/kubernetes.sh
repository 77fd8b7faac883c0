#!/usr/bin/env bash
# Builds Kubernetes' own programs (those of kubernetes/tools.go). Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

version=$(go_version kubernetes k8s.io/kubernetes)

build_kubernetes() {
  local package=k8s.io/component-base/version major minor
  IFS=. read -r major minor _ <<<"${version#v}"
  echo "kubernetes: $version, six programs; from cold this takes about five minutes on two cores"
  go_build kubernetes "$1" -ldflags \
    "-s -w -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor"
}

check_kubernetes() {
  local name
  for name in kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubelet; do
    says "$1/$name" "Kubernetes $version" --version
  done
  says "$1/kubectl" "Client Version: $version" version --client
}

go_tool kubernetes build_kubernetes check_kubernetes \
  kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubectl kubelet
