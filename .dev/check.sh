# Format, lint and types, without running anything.

run_check() {
  [ $# = 0 ] || fail 'check takes no argument: it checks everything.'
  need_linters
  step 'shell: shellcheck'
  shellcheck dev .ci/run .dev/*.sh
  step 'C++: clang-format'
  git ls-files -z -- '*.cpp' '*.hpp' | xargs -0 "clang-format-$llvm_version" --dry-run -Werror
  configure_native ON
  build_wasm ON
  step 'C++: clang-tidy'
  sh .dev/tidy.sh native 'core|native'
  sh .dev/tidy.sh wasm-cmake wasm --target=wasm32-unknown-emscripten "--sysroot=$(em-config CACHE)/sysroot"
  room_packages web
  room_packages tests
  for check_room in wasm web tests; do
    step "$check_room/: types and format"
    room_script "$check_room" check
  done
}

need_linters() {
  has git || system_packages Git git
  has_all "clang-format-$llvm_version" "clang-tidy-$llvm_version" shellcheck ||
    system_packages 'the linters' "clang-format-$llvm_version" "clang-tidy-$llvm_version" shellcheck
}
