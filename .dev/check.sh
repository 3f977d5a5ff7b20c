# Format, lint and types, without running anything. Every check is made, also after one has found something.

run_check() {
  [ $# = 0 ] || fail 'check takes no argument: it checks everything.'
  need_linters
  build_wasm ON
  configure_native ON
  room_packages web
  room_packages tests

  check_found=
  check 'shellcheck' shellcheck dev .ci/run .dev/*.sh
  check 'clang-format' check_cpp_format
  check 'clang-tidy of core and native' sh .dev/tidy.sh native 'core|native'
  check 'clang-tidy of wasm' sh .dev/tidy.sh wasm-cmake wasm \
    --target=wasm32-unknown-emscripten "--sysroot=$(em-config CACHE)/sysroot"
  for check_room in wasm web tests; do
    check "types and format of $check_room" room_script "$check_room" check
  done
  [ -z "$check_found" ] || fail "found something to change:${check_found#,}."
}

# check WHAT COMMAND...
check() {
  check_what=$1
  shift
  step "$check_what"
  "$@" </dev/null || check_found="$check_found, $check_what"
}

check_cpp_format() {
  git ls-files -z -- '*.cpp' '*.hpp' | xargs -0 "clang-format-$llvm_version" --dry-run -Werror
}

need_linters() {
  has git || system_packages Git git
  has_all "clang-format-$llvm_version" "clang-tidy-$llvm_version" shellcheck ||
    system_packages 'the linters' "clang-format-$llvm_version" "clang-tidy-$llvm_version" shellcheck
}
