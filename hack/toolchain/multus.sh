#!/usr/bin/env bash
# Builds Multus (thin), which tests compare weft with and move pods from. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

module=gopkg.in/k8snetworkplumbingwg/multus-cni.v4
version=$(go_version multus "$module")

build_multus() {
  echo "multus: $version; from cold this takes about a minute and a half on two cores"
  go_build multus "$1" -ldflags "-s -w -X $module/pkg/multus.version=$version"
}

check_multus() {
  "$1/multus" --version | grep -qF "version:$version"
}

go_tool multus build_multus check_multus
