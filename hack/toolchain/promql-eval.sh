#!/usr/bin/env bash
# Builds promql-eval, Prometheus' engine for queries over pages of metrics. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

build_promql_eval() {
  go_build promql-eval "$1" -ldflags '-s -w'
}

check_promql_eval() {
  # It takes no arguments; with one it says how it is called and exits 1.
  { "$1/promql-eval" --help 2>&1 || true; } | grep -q 'usage: promql-eval'
}

go_tool promql-eval build_promql_eval check_promql_eval
