# shellcheck shell=bash
# Build caches outside the checkout, safe against kill -9 and against two runs at once. Sourced by hack/toolchain/*.sh:
#
#   source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"
#   build() { make -C … PREFIX="$1"; }               # fills the empty directory $1; may print, it lands on stderr
#   check() { [ "$("$1/qjsc" --version)" = … ]; }    # proves that the directory $1 works; false: not accepted
#   key=$(cache_key "$0" Makefile.patch -- "2025.04.26" "$(gcc -dumpfullversion)")
#   cache_build quickjs "$key" build check           # prints the directory on stdout as its only line
#
# A directory under its final name is complete and was checked: it got the name by one rename.

# cache_dir NAME [KEY]: where it lies (or will lie).
cache_dir() {
  printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/weft/$1${2:+/$2}"
}

# cache_key FILE… [-- STRING…]: 16 hex digits over the files' names and contents, this file's own and the strings.
cache_key() {
  local files=() hash
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    files+=("$1")
    shift
  done
  [ $# -eq 0 ] || shift
  hash=$(
    {
      printf 'file %s\n' "${files[@]##*/}"
      # From stdin it prints no paths, which differ from machine to machine.
      for file in "${files[@]}" "${BASH_SOURCE[0]}"; do sha256sum <"$file"; done
      printf 'string %s\n' "$@"
    } | sha256sum
  )
  printf '%s\n' "${hash:0:16}"
}

# cache_build NAME KEY BUILD [CHECK]: builds where it is not there yet, prints the directory.
cache_build() {
  local base final lock status=0
  base=$(cache_dir "$1")
  final="$base/$2"
  if [ ! -d "$final" ]; then
    mkdir -p "$base"
    # The lock file is never removed: a run that still holds the old inode would not exclude a new one.
    exec {lock}>"$base/.lock"
    if ! flock --nonblock "$lock"; then
      echo "$1: another run is building it, waiting" >&2
      flock "$lock"
    fi
    [ -d "$final" ] || cache_fill "$1" "$final" "$3" "${4:-true}" "$lock" || status=$?
    exec {lock}>&-
    [ "$status" = 0 ] || return "$status"
  fi
  printf '%s\n' "$final"
}

# cache_fill NAME FINAL BUILD CHECK LOCK: the part under the lock.
cache_fill() {
  local name=$1 final=$2 build=$3 check=$4 lock=$5 temp start=$SECONDS
  echo "$name: building into $final" >&2
  # Under the lock every such directory is the remainder of a killed run.
  rm -rf "${final%/*}"/.building.*
  temp=$(mktemp -d "${final%/*}/.building.XXXXXX") || return
  cache_run "$lock" "$build" "$temp" || { echo "$name: the build failed" >&2 && return 1; }
  cache_run "$lock" "$check" "$temp" || { echo "$name: what was built does not work" >&2 && return 1; }
  chmod 0755 "$temp" && sync -f "$temp" && mv -T "$temp" "$final" || return
  echo "$name: ready after $((SECONDS - start)) s" >&2
}

# cache_from_path NAME CHECK [PROGRAM…]: links to the programs on PATH, if all are there and CHECK, which asks for their
# versions, accepts them; prints the directory, else fails. The key holds what a replaced file changes.
cache_from_path() {
  local name=$1 check=$2 program found=()
  shift 2
  [ $# -gt 0 ] || return
  for program; do
    program=$(command -v "$program") && [ -x "$program" ] && found+=("$program") || return
  done
  cache_build "$name" "path-$(cache_key -- "$(stat -L -c '%n %i %s %y' "${found[@]}")")" cache_link "$check" 2>/dev/null || {
    echo "$name: on PATH, but not in the wanted version: ${found[*]}" >&2
    return 1
  }
}

# cache_link DIRECTORY: what cache_from_path found.
cache_link() {
  ln -s -t "$1" "${found[@]}"
}

# cache_run LOCK FUNCTION DIRECTORY: in a bash of its own that gets all functions and plain variables of this one, because
# `set -e` is off inside whatever stands left of `||`, also in subshells; in a process group of its own, so that Ctrl-C
# ends compilers too; without the lock, which a daemon left behind could keep.
cache_run() {
  local lock=$1 child status=0 world
  world=$(
    declare -f
    declare -p | grep -E '^declare -[-aAir]+ ' |
      grep -vE '^declare -[^ ]+ (BASH|FUNCNAME|DIRSTACK|GROUPS|PIPESTATUS|SHELLOPTS|EUID|UID|PPID|_=)'
  )
  set -m
  bash -euo pipefail -c "$world"$'\n''"$1" "$2"' "$0" "$2" "$3" </dev/null >&2 {lock}>&- &
  child=$!
  set +m
  trap 'kill -TERM -- "-$child" 2>/dev/null; exit 130' INT TERM
  wait "$child" || status=$?
  trap - INT TERM
  return "$status"
}

# need_command NAME WHY: a clear end instead of a "command not found" in the middle of a build.
need_command() {
  command -v "$1" >/dev/null 2>&1 || { echo "$1 is missing ($2): run hack/bootstrap.sh" >&2 && exit 1; }
}
