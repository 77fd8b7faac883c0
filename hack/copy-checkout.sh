# shellcheck shell=bash
# Sourced, in the checkout's root. copy_checkout NAME: copies what git tracks or would track, with node_modules as hard
# links (a symbolic link would show in the bundles' paths), to a new directory under build/ and prints its path. The
# caller removes it.
copy_checkout() {
  local copy
  mkdir -p build
  copy=$(mktemp -d "$PWD/build/$1.XXXXXX")
  # Deleted but still tracked files are listed too; tar would stop at them.
  git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do
    [ ! -e "$file" ] || printf '%s\0' "$file"
  done | tar --null --no-recursion -cf - -T - | tar -xf - -C "$copy"
  cp -al node_modules "$copy/node_modules"
  printf '%s\n' "$copy"
}
