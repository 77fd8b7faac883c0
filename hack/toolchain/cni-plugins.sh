#!/usr/bin/env bash
# Builds the reference CNI plugins (every one of tools.go) from their Go module. Last line on stdout: the directory.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=cache.sh
source "$here/cache.sh"
need_command go 'builds the reference CNI plugins'

module=github.com/containernetworking/plugins
version=$(awk -v m="$module" '$1 == "require" && $2 == m { print $3 }' "$here/cni-plugins/go.mod")

plugin_packages() {
  sed -n 's/^\t_ "\(.*\)"$/\1/p' "$here/cni-plugins/tools.go"
}

build_plugins() {
  cd "$here/cni-plugins"
  echo "cni-plugins: $version, $(plugin_packages | wc -l) plugins; from cold this takes a minute or two"
  # One call, so that the packages they share are compiled once.
  plugin_packages | CGO_ENABLED=0 GOFLAGS= xargs go build -mod=readonly -trimpath -buildvcs=false -o "$1/" \
    -ldflags "-s -w -X $module/pkg/utils/buildversion.BuildVersion=$version"
}

check_plugins() {
  local package name
  for package in $(plugin_packages); do
    name=${package##*/}
    # VERSION needs no namespace and no network: an answer with a list of versions proves that the file runs here.
    printf '{"cniVersion":"1.0.0"}' | CNI_COMMAND=VERSION "$1/$name" | grep -q '"supportedVersions":\[.*"1\.0\.0"' || {
      echo "cni-plugins: $name does not answer VERSION"
      return 1
    }
  done
}

key=$(cache_key "${BASH_SOURCE[0]}" "$here"/cni-plugins/{go.mod,go.sum,tools.go} -- "$(go env GOVERSION GOOS GOARCH)")
cache_build cni-plugins "$key" build_plugins check_plugins
