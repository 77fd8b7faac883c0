#!/usr/bin/env bash
# knip: files, exports and dependencies that nothing uses.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
knip --no-progress --treat-config-hints-as-errors
