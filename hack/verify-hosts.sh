#!/usr/bin/env bash
# No registry host names, machine paths or credentials in the files of the repository.
set -euo pipefail
# shellcheck source=env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# Written with brackets so that this file does not match itself.
hosts='registry[.]npmjs|deb[.]debian[.]org|security[.]debian[.]org|proxy[.]golang[.]org|sum[.]golang[.]org|pypi[.]org'
paths='(^|[^A-Za-z0-9_.$}-])/(work/main|work/shared|ro[o]t/|fa[r]m|home/[a-z]+)'
secrets='BEGIN [A-Z ]*PRIVATE KE[Y]|_authToken|_passwor[d] *='
if git grep --untracked --exclude-standard -nIE "$hosts|$paths|$secrets" -- . ':!hack/verify-hosts.sh' ':!package-lock.json'; then
  echo 'verify-hosts: the lines above name a host or a path of one machine, or look like a credential'
  exit 1
fi
# The lockfile: no address at all (omit-lockfile-registry-resolved in .npmrc).
! grep -n '"resolved"' package-lock.json
