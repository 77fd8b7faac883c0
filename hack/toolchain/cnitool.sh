#!/usr/bin/env bash
# Builds cnitool, libcni as a program: it leaves the cache files of a real runtime. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

build_cnitool() {
  go_build cnitool "$1" -ldflags '-s -w'
}

check_cnitool() {
  # Without arguments it prints its usage and exits 1.
  { "$1/cnitool" 2>&1 || true; } | grep -q 'cnitool del '
}

go_tool cnitool build_cnitool check_cnitool
