# shellcheck shell=bash
# Sourced by every script of hack/ that runs tools: goes to the checkout's root and puts Node 24 and Go onto PATH.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/node_modules/.bin:$PATH:/usr/local/go/bin:/usr/sbin:/sbin"
# Without it a failure inside $(…) goes unseen in spite of `set -e`.
shopt -s inherit_errexit
