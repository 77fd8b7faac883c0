#!/usr/bin/env bash
# Builds CoreDNS with the plugins of coredns/main.go. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

version=$(go_version coredns github.com/coredns/coredns)

build_coredns() {
  echo "coredns: $version; from cold this takes a minute or two on two cores"
  go_build coredns "$1" -ldflags '-s -w'
}

check_coredns() {
  says "$1/coredns" "CoreDNS-${version#v}" -version
}

go_tool coredns build_coredns check_coredns coredns
