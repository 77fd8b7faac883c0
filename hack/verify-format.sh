#!/usr/bin/env bash
# Formatting and Biome's lint rules.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
biome check --colors=off --max-diagnostics=30 . 2>&1 || { echo 'verify-format: run hack/update-format.sh'; exit 1; }
