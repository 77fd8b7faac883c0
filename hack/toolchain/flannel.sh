#!/usr/bin/env bash
# Builds the CNI plugin flannel, of the last release of the reference plugins that had it. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

build_flannel() {
  go_build flannel "$1" -ldflags '-s -w'
}

check_flannel() {
  local answer
  answer=$(CNI_COMMAND=VERSION "$1/flannel" <<<'{"cniVersion":"0.4.0"}')
  [[ $answer =~ '"supportedVersions":['.*'"0.4.0"' ]]
}

go_tool flannel build_flannel check_flannel
