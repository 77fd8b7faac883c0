#!/usr/bin/env bash
# Builds kind, for machines with Docker. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

version=$(go_version kind sigs.k8s.io/kind)

build_kind() {
  echo "kind: $version; from cold this takes about five seconds on two cores"
  go_build kind "$1" -ldflags '-s -w'
}

check_kind() {
  says "$1/kind" "kind $version" version
}

go_tool kind build_kind check_kind kind
