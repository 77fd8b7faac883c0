#!/usr/bin/env bash
# TypeScript: the whole tree under Node's types, the portable rooms and the plugin without them.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
status=0
for project in tsconfig.json tsconfig.portable.json tsconfig.plugin.json; do
  tsc -p "$project" || status=1
done
exit "$status"
