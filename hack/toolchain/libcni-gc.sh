#!/usr/bin/env bash
# Builds libcni-gc, a runtime that calls GC with a list of attachments by libcni. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

build_libcni_gc() {
  go_build libcni-gc "$1" -ldflags '-s -w'
}

check_libcni_gc() {
  # Without arguments it says how it is called and exits 1.
  { "$1/libcni-gc" 2>&1 || true; } | grep -q 'usage: libcni-gc NETWORK'
}

go_tool libcni-gc build_libcni_gc check_libcni_gc
