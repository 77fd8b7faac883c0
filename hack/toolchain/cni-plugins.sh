#!/usr/bin/env bash
# Builds the reference CNI plugins (every one of tools.go) from their Go module. Last line on stdout: the directory.
set -euo pipefail
# shellcheck source=hack/toolchain/go-module.sh
source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"

module=github.com/containernetworking/plugins
version=$(go_version cni-plugins "$module")

build_plugins() {
  echo "cni-plugins: $version, $(go_packages cni-plugins | wc -l) plugins; from cold this takes a minute or two"
  go_build cni-plugins "$1" -ldflags "-s -w -X $module/pkg/utils/buildversion.BuildVersion=$version"
}

check_plugins() {
  local package name answer
  for package in $(go_packages cni-plugins); do
    name=${package##*/}
    # VERSION needs no namespace and no network: an answer with a list of versions proves that the file runs here.
    # No pipe on either side: plugins do not read standard input for it, and with pipefail a SIGPIPE would be a failure.
    answer=$(CNI_COMMAND=VERSION "$1/$name" <<<'{"cniVersion":"1.0.0"}')
    [[ $answer =~ '"supportedVersions":['.*'"1.0.0"' ]] || {
      echo "cni-plugins: $name does not answer VERSION"
      return 1
    }
  done
}

go_tool cni-plugins build_plugins check_plugins
