# shellcheck shell=bash
# Programs from Go modules. hack/toolchain/NAME/ holds go.mod, go.sum (committed: nothing else is accepted) and tools.go,
# whose imports are the programs, or a program of its own. Sourced by hack/toolchain/NAME.sh, brings cache.sh along:
#
#   source "$(dirname "${BASH_SOURCE[0]}")/go-module.sh"
#   version=$(go_version etcd go.etcd.io/etcd/server/v3)
#   build() { go_build etcd "$1" -ldflags '-s -w'; }      # for cache_build; further words go to `go build`
#   check() { says "$1/etcd" "etcd Version: ${version#v}" --version; }
#   go_tool etcd build check etcd                         # built, or from PATH; prints the directory

cgo=0
toolchain=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=hack/toolchain/cache.sh
source "$toolchain/cache.sh"
export PATH="$PATH:/usr/local/go/bin"

# go_version NAME MODULE: the version that go.mod asks for, with its leading v.
go_version() {
  awk -v m="$2" '$1 == "require" && $2 == m { print $3; exit } $1 == m { print $2; exit }' "$toolchain/$1/go.mod"
}

# go_packages NAME: the main packages, in the order of tools.go.
go_packages() {
  local list=$toolchain/$1/tools.go
  if [ -f "$list" ]; then sed -n 's/^\t_ "\(.*\)"$/\1/p' "$list"; else echo .; fi
}

# go_build NAME DIRECTORY [FLAG…]: all of them by one call, so that what they share is compiled once. A count of the
# compiled packages every 20 s, because the largest takes minutes. With a C compiler only if the script sets cgo=1.
go_build() {
  local name=$1 dir=$2 packages
  shift 2
  cd "$toolchain/$name"
  mapfile -t packages < <(go_packages "$name")
  CGO_ENABLED=$cgo GOFLAGS='' GOWORK=off go build -v -mod=readonly -trimpath -buildvcs=false "$@" -o "$dir/" \
    "${packages[@]}" 2>&1 | awk -v name="$name" '
      BEGIN { start = last = systime() }
      /^[a-z0-9.]+[^ ]*$/ { count++ }
      / / && !/^go: downloading/ { print; fflush() }
      { now = systime() }
      now >= last + 20 { printf "%s: %d packages compiled after %d s\n", name, count, now - start; fflush(); last = now }'
}

# go_tool NAME BUILD CHECK [PROGRAM…]: what was built; otherwise the programs from PATH if all are there and CHECK, which
# asks for their versions, accepts them; otherwise builds. Prints the directory.
go_tool() {
  local name=$1 build=$2 check=$3 key
  shift 3
  need_command go "builds $name"
  key=$(cache_key "$toolchain/$name.sh" "$toolchain/go-module.sh" "$toolchain/$name"/* -- \
    "$(go env GOVERSION GOOS GOARCH GOAMD64 GOARM64 GOEXPERIMENT)")
  if [ ! -d "$(cache_dir "$name" "$key")" ] && cache_from_path "$name" "$check" "$@"; then return 0; fi
  cache_build "$name" "$key" "$build" "$check"
}

# says DIRECTORY/PROGRAM EXPECTED ARGUMENT…: it answers ARGUMENT… with a text in which EXPECTED stands before a space or
# the end of a line, so that 1.36.3 is not taken for 1.36.30 or 1.36.3-rc.1.
says() {
  local program=$1 expected=$2 answer
  shift 2
  answer=$("$program" "$@" 2>&1) || true
  [[ $answer =~ "$expected"([[:space:]]|$) ]] || {
    echo "${program##*/} $* says '${answer:0:200}', not '$expected'"
    return 1
  }
}
