#!/usr/bin/env bash
# Builds containerd, its shim for runc and ctr. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

module=github.com/containerd/containerd/v2
version=$(go_version containerd "$module")

build_containerd() {
  echo "containerd: $version, three programs; from cold this takes about a minute on two cores"
  # The btrfs snapshotter is the only part that would need a C compiler; the tests use overlayfs.
  go_build containerd "$1" -tags no_btrfs -ldflags "-s -w -X $module/version.Version=$version"
}

check_containerd() {
  says "$1/containerd" "$module $version" --version
  says "$1/containerd-shim-runc-v2" "Version:  $version" -v
  says "$1/ctr" "$module $version" --version
}

go_tool containerd build_containerd check_containerd containerd containerd-shim-runc-v2 ctr
