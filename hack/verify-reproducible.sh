#!/usr/bin/env bash
# dist/ comes out the same, byte by byte, when it is built again: in another directory, with another umask, time zone and locale.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# shellcheck source=copy-checkout.sh
source hack/copy-checkout.sh
[ -d dist ] || { echo 'verify-reproducible: no dist/: run make build' && exit 1; }
copy=$(copy_checkout verify-reproducible)
trap 'rm -rf "$copy"' EXIT
(
  cd "$copy"
  umask 077
  export TZ=Asia/Kathmandu LC_ALL=C PATH="$copy/node_modules/.bin:$PATH"
  node hack/build/plugin.ts
  node hack/build/agent.ts
  node hack/build/cli.ts
  node hack/build/operator.ts
) >"$copy.log" 2>&1 || { cat "$copy.log" && rm -f "$copy.log" && echo 'verify-reproducible: the second build failed' && exit 1; }
rm -f "$copy.log"
diff -r dist "$copy/dist" || { echo 'verify-reproducible: dist/ differs: it is older than the sources (run make build), or a build is not reproducible' && exit 1; }
