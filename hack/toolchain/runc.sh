#!/usr/bin/env bash
# Builds runc with seccomp, without which no Kubernetes pod starts. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

version=$(go_version runc github.com/opencontainers/runc)
# libseccomp is a C library.
cgo=1

build_runc() {
  need_command pkg-config 'finds libseccomp'
  pkg-config --exists libseccomp || { echo 'runc: libseccomp-dev is missing: run hack/bootstrap.sh' && return 1; }
  echo "runc: $version; from cold this takes about ten seconds on two cores"
  go_build runc "$1" -tags seccomp -ldflags '-s -w'
}

check_runc() {
  says "$1/runc" "runc version ${version#v}" --version
  says "$1/runc" libseccomp: --version
}

go_tool runc build_runc check_runc runc
