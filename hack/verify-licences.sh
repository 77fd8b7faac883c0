#!/usr/bin/env bash
# Licences of everything that can end up in dist/, against hack/verify/licences.json.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
node hack/verify/licences.ts
