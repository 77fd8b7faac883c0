#!/usr/bin/env bash
# Generated files are what their generators make today. The generators run in a copy, so nothing here changes.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# shellcheck source=copy-checkout.sh
source hack/copy-checkout.sh
copy=$(copy_checkout verify-generated)
trap 'rm -rf "$copy"' EXIT
hashes() {
  (cd "$copy" && find . -path ./node_modules -prune -o -type f -exec sha256sum {} + | sort -k 2)
}
# Before and after in the copy: somebody who edits the checkout meanwhile does not disturb.
before=$(hashes)
(cd "$copy" && hack/update-generated.sh >/dev/null)
diff <(echo "$before") <(hashes) || { echo 'verify-generated: the files above are not current: run hack/update-generated.sh' && exit 1; }
