#!/usr/bin/env bash
# VERSION is the only source of the version, every dependency is pinned, and what is installed is what is pinned.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
node hack/verify/version.ts
