#!/usr/bin/env bash
# Builds etcd, whose package is called server. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

version=$(go_version etcd go.etcd.io/etcd/server/v3)

build_etcd() {
  echo "etcd: $version; from cold this takes about 20 seconds on two cores"
  go_build etcd "$1" -ldflags '-s -w'
  mv "$1/server" "$1/etcd"
}

check_etcd() {
  says "$1/etcd" "etcd Version: ${version#v}" --version
}

go_tool etcd build_etcd check_etcd etcd
