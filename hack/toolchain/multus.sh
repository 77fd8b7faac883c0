#!/usr/bin/env bash
# Builds Multus, thin and thick, which tests compare weft with and move pods from. Beside the programs its own manifests
# (deployments/) and examples (examples/). Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

module=gopkg.in/k8snetworkplumbingwg/multus-cni.v4
version=$(go_version multus "$module")

build_multus() {
  local source
  echo "multus: $version; from cold this takes about two minutes on two cores"
  go_build multus "$1" -ldflags "-s -w -X $module/pkg/multus.version=$version"
  # As its image has it, for install_multus.
  mv "$1/passthru-cni" "$1/passthru"
  source=$(cd "$toolchain/multus" && GOFLAGS='' GOWORK=off go list -mod=readonly -m -f '{{.Dir}}' "$module")
  cp -r --no-preserve=mode "$source/deployments" "$source/examples" "$1/"
}

check_multus() {
  "$1/multus" --version | grep -qF "version:$version"
  "$1/multus-shim" --version | grep -qF "version:$version"
  # It ends with status 4.
  ("$1/multus-daemon" --version || true) | grep -qF "version:$version"
  [ -s "$1/deployments/multus-daemonset-thick.yml" ]
}

go_tool multus build_multus check_multus
