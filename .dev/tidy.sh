#!/bin/sh
# tidy.sh BUILD ROOMS [FLAG...]: clang-tidy, on every processor, over the sources of ROOMS (as in 'core|native') that
# build/BUILD compiles, with FLAGs put before those of the build. A source is skipped while it, every header and the
# rules are what they were when it last passed.
set -eu

. .dev/versions.sh
build=$1
rooms=$2
shift 2

tidy="clang-tidy-$llvm_version --quiet -p build/$build"
for flag; do
  tidy="$tidy --extra-arg-before=$flag"
done
export tidy

passed=build/tidy
mkdir -p "$passed"
common=$(git ls-files -z -- '*.hpp' .clang-tidy | xargs -0 cat | cksum)

sources() {
  node -e '
    const [build, rooms] = process.argv.slice(1);
    const ours = new RegExp(`^${process.cwd()}/(${rooms})/`);
    const commands = JSON.parse(require("node:fs").readFileSync(`build/${build}/compile_commands.json`, "utf8"));
    console.log([...new Set(commands.map((c) => c.file).filter((file) => ours.test(file)))].sort().join("\n"));
  ' "$build" "$rooms"
}

sources | while read -r source; do
  key=$({ echo "$common $tidy" && cat "$source"; } | cksum | tr ' ' -)
  [ -e "$passed/$key" ] || printf '%s\n%s\n' "$source" "$passed/$key"
done | tr '\n' '\0' | xargs -0 -r -n 2 -P "$(getconf _NPROCESSORS_ONLN)" sh -c '
  if found=$($tidy "$0" 2>&1); then
    : >"$1"
  else
    printf "%s\n" "$found" | grep -v "warnings generated"
    exit 1
  fi'
