#!/usr/bin/env bash
# Builds cnitool, libcni as a program: it leaves the cache files of a real runtime. Last line on stdout: the directory.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=cache.sh
source "$here/cache.sh"
need_command go 'builds cnitool'

build_cnitool() {
  cd "$here/cnitool"
  CGO_ENABLED=0 GOFLAGS= go build -mod=readonly -trimpath -buildvcs=false -ldflags '-s -w' -o "$1/" \
    github.com/containernetworking/cni/cnitool
}

check_cnitool() {
  # Without arguments it prints its usage and exits 1.
  { "$1/cnitool" 2>&1 || true; } | grep -q 'cnitool del '
}

key=$(cache_key "${BASH_SOURCE[0]}" "$here"/cnitool/{go.mod,go.sum,tools.go} -- "$(go env GOVERSION GOOS GOARCH)")
cache_build cnitool "$key" build_cnitool check_cnitool
