#!/usr/bin/env bash
# The arrows between the rooms (DESIGN §4): the generated configuration is current, and no import breaks a rule.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
node hack/arrows/print-config.ts | diff -u .dependency-cruiser.json - || {
  echo 'verify-arrows: .dependency-cruiser.json is not what hack/arrows/rooms.ts says: run hack/update-arrows.sh'
  exit 1
}
# The end of what it prints only regrets that TypeScript 7 has no compiler API;
# test/unit/hack/arrows.test.ts proves that swc sees the imports.
depcruise --config .dependency-cruiser.json --output-type err src hack test | sed "/missing-tsc-transpiler/,\$d" || exit 1
