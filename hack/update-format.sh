#!/usr/bin/env bash
# Formats everything and applies the safe fixes of Biome.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
biome check --write .
