#!/usr/bin/env bash
# Long files need a reason in hack/verify/long-files.json; names that say nothing are refused; src has only rooms.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
node hack/verify/files.ts
