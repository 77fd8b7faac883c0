#!/usr/bin/env bash
# oxlint with type information: promises that nobody awaits, throws of non-errors, unsafe any.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
oxlint --type-aware --deny-warnings src hack test vitest.config.ts
