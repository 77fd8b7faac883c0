#!/usr/bin/env bash
# What dist/ is made of (allow-list) and how big it is.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
node hack/verify/bundle.ts
