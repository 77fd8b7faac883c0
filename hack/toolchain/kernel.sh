#!/usr/bin/env bash
# Provides Debian's cloud kernel for hack/vm: prints a directory with vmlinuz and lib/modules/RELEASE as its last line.
#
# The package is unpacked, not installed. It is the one that Debian has when it is needed first: old ones leave the
# mirror, so none can be named here. apt checks the archive's signature.
set -euo pipefail
# shellcheck source=hack/toolchain/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

[ "$(uname -m)" = x86_64 ] || { echo "kernel: hack/vm emulates x86-64 only, and this is $(uname -m)" >&2 && exit 1; }
meta=linux-image-cloud-amd64

# What the cases need and what that needs: networks, filters, the disk.
wanted='net lib crypto drivers/net/*.ko drivers/net/bonding drivers/net/ipvlan drivers/virtio drivers/block/virtio_blk.ko'

# download DIR: the package's file into DIR. With lists of its own, because the machine's may be old or missing.
download() {
  local options package
  mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial"
  options=(-qq -o Dir::State="$1/state" -o Dir::Cache="$1/cache" -o Acquire::Languages=none)
  # As root apt would fetch as a user that may not write here.
  [ "$(id -u)" -ne 0 ] || options+=(-o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  package=$(apt-cache "${options[@]}" depends "$meta" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -1)
  [ -n "$package" ] || { echo "kernel: none of this machine's apt sources has $meta" && return 1; }
  echo "kernel: downloading $package"
  (cd "$1" && apt-get "${options[@]}" download "$package")
}

build() {
  local work=$1/work release modules
  mkdir "$work"
  download "$work"
  dpkg-deb --extract "$work"/linux-image-*.deb "$work/unpacked"
  modules=$(echo "$work"/unpacked/lib/modules/*)
  release=${modules##*/}
  install -D -m 0644 "$work/unpacked/boot/vmlinuz-$release" "$1/vmlinuz"
  install -D -m 0644 "$work/unpacked/usr/share/doc/linux-image-$release/copyright" "$1/copyright"
  mkdir -p "$1/lib/modules/$release"
  (
    cd "$modules"
    cp modules.order modules.builtin* "$1/lib/modules/$release/"
    # shellcheck disable=SC2086 # a list of patterns
    (cd kernel && cp --recursive --parents $wanted "$1/work/")
    mkdir "$1/lib/modules/$release/kernel"
    for part in net lib crypto drivers; do mv "$1/work/$part" "$1/lib/modules/$release/kernel/"; done
  )
  busybox depmod -b "$1" "$release"
  rm -rf "$work"
}

check() {
  local name
  [ -s "$1/vmlinuz" ] || return 1
  for name in 8021q bonding dummy ipvlan macvlan veth virtio_blk vrf; do
    grep -q "/$name.ko:" "$1"/lib/modules/*/modules.dep || { echo "kernel: there is no module $name" && return 1; }
  done
}

for command in apt-get dpkg-deb; do need_command "$command" 'fetches a kernel for the emulator'; done
need_command busybox 'its depmod lists what the modules need'
cache_build kernel "$(cache_key "$0" -- "$meta")" build check
