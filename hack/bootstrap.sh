#!/bin/sh
# Installs what this machine lacks to build and test weft, and nothing else: Debian packages (never removes one) and
# node_modules by the lockfile. Prints the list first. When nothing is missing it needs no root and ends at once.
# `bootstrap.sh build`: only what the build, the checks and the standalone demo need.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/local/go/bin:/usr/sbin:/sbin

# PACKAGE:COMMAND-OR-FILE,…: the Debian package is wanted where one of them is not there.
wanted='
bash:bash ca-certificates:/etc/ssl/certs/ca-certificates.crt conntrack:conntrack
debian-archive-keyring:/usr/share/keyrings/debian-archive-keyring.gpg dpkg-dev:dpkg-source gcc:gcc git:git golang-go:go
iproute2:ip,tc iptables:iptables,ip6tables iputils-ping:ping libc6-dev:/usr/include/stdio.h make:make nftables:nft
nodejs:node npm:npm procps:ps util-linux:flock,nsenter,setpriv,unshare xz-utils:xz
'
[ "${1:-}" = build ] || wanted="$wanted
buildah:buildah busybox-static:busybox crun:crun e2fsprogs:mke2fs libseccomp-dev:/usr/include/seccomp.h openssl:openssl
pkg-config:pkg-config podman:podman qemu-system-x86:qemu-system-x86_64 strace:strace
"
packages=
why=
for entry in $wanted; do
  package=${entry%%:*}
  IFS=,
  for thing in ${entry#*:}; do
    case $thing in
      /*) [ -e "$thing" ] && continue ;;
      *) command -v "$thing" >/dev/null 2>&1 && continue ;;
    esac
    packages="$packages $package"
    why="$why  $package (for $thing)
"
    break
  done
  unset IFS
done

if [ -n "$packages" ]; then
  printf 'bootstrap: missing on this machine, to be installed:\n%s' "$why" >&2
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "bootstrap: install them as root: apt-get install --no-remove --no-install-recommends$packages" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  lock='-o DPkg::Lock::Timeout=300'
  # shellcheck disable=SC2086 # lists of words
  apt-get $lock -q update >&2 || echo 'bootstrap: apt-get update failed, trying with the old lists' >&2
  # shellcheck disable=SC2086
  apt-get $lock -q -y --no-remove --no-install-recommends install $packages >&2
fi

# The stamp is written last and holds what was installed, so that an interrupted install is repeated.
stamp=node_modules/.weft-installed
want=$(cat package.json package-lock.json .npmrc | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ]; then
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/weft
  mkdir -p "$cache"
  exec 9>"$cache/bootstrap.lock"
  flock 9
  if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ]; then
    echo 'bootstrap: to be installed: node_modules by package-lock.json, about half a minute' >&2
    # Not `npm ci`: it refuses the lockfile where a registry lacks the builds for other systems. No install scripts run.
    npm install --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    [ "$(cat package.json package-lock.json .npmrc | sha256sum | cut -d' ' -f1)" = "$want" ] ||
      { echo 'bootstrap: npm changed package.json or package-lock.json; commit or restore them' >&2 && exit 1; }
    echo "$want" >"$stamp"
  fi
fi
