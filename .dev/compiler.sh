# The native compiler and the build programs.

need_build_programs() {
  has_all cmake ninja || system_packages 'CMake and Ninja' cmake ninja-build
  at_least "$(cmake --version | sed -n '1s/.*version //p')" "$cmake_floor" ||
    fail "CMake $cmake_floor or later is needed: install it and put it first on PATH."
}

# A compiler the caller names is taken as it is; otherwise the pinned clang; otherwise what the system has.
need_compiler() {
  need_build_programs
  [ -z "${CXX:-}" ] || return 0
  if ! has "clang++-$llvm_version" && has apt-get; then
    system_packages "clang $llvm_version" "clang-$llvm_version" "lld-$llvm_version" "llvm-$llvm_version" \
      g++ libc6-dev
  fi
  if has "clang++-$llvm_version"; then
    CC=clang-$llvm_version CXX=clang++-$llvm_version
    export CC CXX
  elif ! has c++; then
    fail "a C++20 compiler is missing: install g++ 12 or later, or clang 16 or later, and run again."
  fi
}
