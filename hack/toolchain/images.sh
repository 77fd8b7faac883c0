#!/usr/bin/env bash
# Makes the images that test clusters use, as archives for `ctr images import` (also `docker load`): pause.tar, tools.tar
# and coredns.tar. An image of one layer is a tar and four JSON files (OCI image layout), so tar and sha256sum suffice: no
# image builder, no root, no user namespaces, the same bytes each time. Last line on stdout: the directory.
set -euo pipefail
toolchain=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=hack/toolchain/cache.sh
source "$toolchain/cache.sh"

busybox=$(command -v busybox) || true
applets='[ arp arping ash awk base64 cat chmod cp cut date dd df echo env expr false find grep head hostname httpd id
ifconfig ip ipcalc kill ln ls md5sum mkdir mkfifo mv nc netstat nproc nslookup od ping ping6 printf ps pwd readlink rm
route sed seq sh sha256sum sleep sort stat sync tail tar tee telnet test timeout touch tr traceroute traceroute6 true
udhcpc uname uniq uptime vi wc wget which xargs yes'

build_images() {
  umask 022
  mkdir "$1"/{pause,tools,coredns}
  gcc -O2 -static -s -Wall -Werror -o "$1/pause/pause" "$toolchain/images/pause.c"
  image "$1" pause '"/pause"'
  tools_root "$1/tools"
  image "$1" tools '"/bin/sh"'
  cp "$coredns/coredns" "$1/coredns/coredns"
  image "$1" coredns '"/coredns"'
}

# tools_root DIRECTORY: busybox with those applets of the list above that this build of it has.
tools_root() {
  local list applet
  # Not piped into `grep -q`: that ends early, and with pipefail the SIGPIPE would pass for "not in the list".
  list=$("$busybox" --list)
  mkdir "$1"/{bin,etc,proc,sys,tmp}
  chmod 1777 "$1/tmp"
  cp "$busybox" "$1/bin/busybox"
  for applet in $applets; do
    if [[ $'\n'$list$'\n' == *$'\n'"$applet"$'\n'* ]]; then ln -s busybox "$1/bin/$applet"; fi
  done
  printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' >"$1/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$1/etc/group"
}

# image DIRECTORY NAME ENTRYPOINT: the tree DIRECTORY/NAME becomes DIRECTORY/NAME.tar.
image() {
  local oci=$1/oci name=localhost/weft-$2:dev arch layer config manifest
  arch=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  mkdir -p "$oci/blobs/sha256"
  same_tar -C "$1/$2" . >"$oci/new"
  layer=$(blob "$oci")
  printf '{"created":"1970-01-01T00:00:00Z","architecture":"%s","os":"linux","config":{"Env":["PATH=/bin"],"Entrypoint":[%s]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$arch" "$3" "${layer%% *}" >"$oci/new"
  config=$(blob "$oci")
  printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}' application/vnd.oci.image.manifest.v1+json \
    "$(descriptor config.v1+json "$config")" "$(descriptor layer.v1.tar "$layer")" >"$oci/new"
  manifest=$(descriptor manifest.v1+json "$(blob "$oci")")
  # The name twice: containerd and docker read the first, podman the second.
  printf '{"schemaVersion":2,"manifests":[%s,"annotations":{"io.containerd.image.name":"%s","org.opencontainers.image.ref.name":"%s"}}]}' \
    "${manifest%\}}" "$name" "$name" >"$oci/index.json"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$oci/oci-layout"
  # For older docker, which does not know the OCI layout.
  printf '[{"Config":"blobs/sha256/%s","RepoTags":["%s"],"Layers":["blobs/sha256/%s"]}]' \
    "${config%% *}" "$name" "${layer%% *}" >"$oci/manifest.json"
  same_tar -C "$oci" blobs index.json manifest.json oci-layout >"$1/$2.tar"
  rm -rf "$oci" "${1:?}/$2"
}

# same_tar ARGUMENT…: without owner, time or order of the directory.
same_tar() {
  tar --create --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner "$@"
}

# blob LAYOUT: files LAYOUT/new under its hash; prints hash and size.
blob() {
  local hash
  hash=$(sha256sum "$1/new" | cut -d' ' -f1)
  mv "$1/new" "$1/blobs/sha256/$hash"
  echo "$hash $(stat -c %s "$1/blobs/sha256/$hash")"
}

# descriptor TYPE 'HASH SIZE'
descriptor() {
  printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s}' "$1" "${2% *}" "${2#* }"
}

# check_images DIRECTORY: each archive lists its files, and pause ends when asked to.
check_images() {
  local work=$1/check name status=0
  for name in pause tools coredns; do
    mkdir -p "$work"
    tar -x -C "$work" -f "$1/$name.tar"
    (cd "$work/blobs/sha256" && for blob in *; do echo "$blob  $blob"; done | sha256sum --check --quiet)
    for blob in "$work"/blobs/sha256/*; do
      if tar -t -f "$blob" >/dev/null 2>&1; then tar -x -C "$work" -f "$blob"; fi
    done
  done
  timeout --preserve-status --signal=TERM 0.2 "$work/pause" || status=$?
  [ "$status" = 0 ] || { echo "images: pause ends with status $status on SIGTERM" && return 1; }
  [ "$("$work/bin/sh" -c 'echo works')" = works ]
  "$work/coredns" -version >/dev/null
  rm -rf "$work"
}

need_command gcc 'compiles pause'
# Of a dynamic program ldd lists paths; of a static one it says so, with either status.
if [ -z "$busybox" ] || ldd "$busybox" 2>/dev/null | grep / >/dev/null; then
  echo 'images: a static busybox is missing (package busybox-static): run hack/bootstrap.sh' >&2
  exit 1
fi
coredns=$("$toolchain/coredns.sh")
key=$(cache_key "${BASH_SOURCE[0]}" "$toolchain/images/pause.c" "$busybox" -- "$coredns" "$(gcc --version | head -1)")
cache_build images "$key" build_images check_images
