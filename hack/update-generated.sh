#!/usr/bin/env bash
# Runs every generator: each file directly in hack/codegen is one; what they share lies in folders below.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
for generator in hack/codegen/*.ts; do
  node "$generator"
done
