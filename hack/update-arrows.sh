#!/usr/bin/env bash
# Generates .dependency-cruiser.json from hack/arrows/rooms.ts.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
node hack/arrows/print-config.ts >.dependency-cruiser.json.new
mv .dependency-cruiser.json.new .dependency-cruiser.json
