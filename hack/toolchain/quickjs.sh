#!/usr/bin/env bash
# Provides QuickJS: prints a directory with bin/qjsc, include/quickjs.h and lib/libquickjs.a as its last line.
#
# `qjsc` from PATH serves if it is recent enough and its header and library lie beside it. Otherwise Debian's *source*
# package is built (recipes/cluster says why: its binaries need a newer glibc than Debian 12 has). The mirror is the one
# that this machine's apt is configured for; apt checks the archive's signature, we the hash of the upstream tarball.
set -euo pipefail
# shellcheck source=hack/toolchain/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

wanted=2025-04-26
upstream=2025.04.26
suite=trixie
tarball_sha256=ec81da5b3249ed648dbc7df4a1654988910e66a118d9b71cb63534216efcfbbe
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# One section a function, so that the plugin's link drops what it does not reach (the compiler of scripts, std, os).
# PIE, not PIC: nobody can replace a function at load time, so the compiler may inline every one.
flags='-fPIE -ffunction-sections -fdata-sections -fstack-protector-strong -D_FORTIFY_SOURCE=2'

# version_of QJSC: its date, which sorts as text.
version_of() {
  # It prints its help with status 1.
  { "$1" -h 2>/dev/null || true; } | sed -n 's/^QuickJS Compiler version \([0-9-]*\).*/\1/p'
}

# first_file NAME DIR…: the first directory's file of that name.
first_file() {
  local name=$1 dir
  shift
  for dir in "$@"; do
    if [ -f "$dir/$name" ]; then
      printf '%s\n' "$dir/$name"
      return 0
    fi
  done
  return 1
}

# installed: sets qjsc, header and library if a usable QuickJS is on PATH.
installed() {
  local prefix
  qjsc=$(command -v qjsc) || return 1
  [[ ! $(version_of "$qjsc") < $wanted ]] || return 1
  prefix=$(dirname "$(dirname "$(readlink -f "$qjsc")")")
  header=$(first_file quickjs.h "$prefix"/include/quickjs "$prefix"/include) || return 1
  library=$(first_file libquickjs.a "$prefix"/lib/quickjs "$prefix"/lib/*/quickjs "$prefix"/lib "$prefix"/lib/*) || return 1
}

link_installed() {
  mkdir "$1"/{bin,include,lib}
  ln -s "$qjsc" "$1/bin/qjsc"
  ln -s "$header" "$1/include/quickjs.h"
  ln -s "$library" "$1/lib/libquickjs.a"
}

# mirrors: base URIs of Debian archives that apt is configured for. apt itself reads its sources, in both formats.
mirrors() {
  apt-get -o Dir::State="$1" update --print-uris | sed -n "s#^'\(.*\)/dists/.*#\1#p" |
    grep debian | grep -v security | awk '!seen[$0]++'
}

# download DIR: the source package's three files into DIR.
download() {
  local apt=$1/.apt mirror options
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
  options=(
    -qq -o Dir::State="$apt/state" -o Dir::Cache="$apt/cache"
    -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
  )
  # As root apt would fetch as a user that may not write here.
  [ "$(id -u)" -ne 0 ] || options+=(-o APT::Sandbox::User=root)
  for mirror in $(mirrors "$apt/state"); do
    echo "deb-src [signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"
    if apt-get "${options[@]}" update && (cd "$1" && apt-get "${options[@]}" source --download-only quickjs); then
      rm -rf "$apt"
      return 0
    fi
  done
  echo "quickjs: no Debian mirror among this machine's apt sources has it in $suite; put qjsc >= $wanted on PATH" >&2
  return 1
}

build() {
  local work=$1/work
  mkdir "$work"
  download "$work"
  echo "$tarball_sha256  $work/quickjs_$upstream.orig.tar.xz" | sha256sum --check --quiet
  # The signature of the .dsc needs a maintainer's key; apt compared its hash with the signed index.
  dpkg-source --no-check -x "$work"/quickjs_*.dsc "$work/src" >/dev/null
  # By the environment, because the Makefile appends to it; but -O2 it appends last. The prefix map keeps the temporary
  # directory out.
  # shellcheck disable=SC2016 # make expands it
  CFLAGS="$flags -ffile-prefix-map=$work/src=." make --quiet -C "$work/src" -j2 \
    CONFIG_LTO= CFLAGS_OPT='$(CFLAGS) -O3' qjsc libquickjs.a
  install -D -t "$1/bin" "$work/src/qjsc"
  install -D -m 0644 -t "$1/include" "$work/src/quickjs.h"
  install -D -m 0644 -t "$1/lib" "$work/src/libquickjs.a"
  install -D -m 0644 -t "$1/share" "$work/src/LICENSE"
  rm -rf "$work"
}

check() {
  echo 'globalThis.x = 1;' >"$1/probe.js"
  "$1/bin/qjsc" -c -o "$1/probe.c" "$1/probe.js"
  grep -q qjsc_probe "$1/probe.c"
  rm "$1/probe.js" "$1/probe.c"
  [[ ! $(version_of "$1/bin/qjsc") < $wanted ]]
  [ -f "$1/include/quickjs.h" ] && [ -f "$1/lib/libquickjs.a" ]
}

need_command gcc 'compiles QuickJS'
if installed; then
  cache_build quickjs "$(cache_key "$0" "$qjsc" "$library" "$header" -- "$qjsc")" link_installed check
else
  for command in make apt-get dpkg-source patch xz; do need_command "$command" 'builds QuickJS from source'; done
  [ -f "$keyring" ] || { echo "quickjs: $keyring is missing (package debian-archive-keyring)" >&2 && exit 1; }
  cache_build quickjs "$(cache_key "$0" -- "$suite" "$(uname -m)" "$(gcc --version | head -1)")" build check
fi
