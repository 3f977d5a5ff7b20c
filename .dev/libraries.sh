# The header-only libraries of the core and the command, and the test framework's source.

need_libraries() {
  if has apt-get; then
    suite_prepare 'the C++ libraries'
    [ -d "$tools/headers-$suite" ] || step "getting Eigen, xsimd, nlohmann-json, xxHash and CLI11 (2 MB)"
    once "headers-$suite" unpack_libraries
    CMAKE_PREFIX_PATH=$tools/headers-$suite/usr${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}
    export CMAKE_PREFIX_PATH
  fi
  # Elsewhere CMake looks for installed ones and fetches what it does not find.
}

unpack_libraries() {
  # Debian builds xsimd with xtl, and its CMake package does not load without it.
  suite_unpack libeigen3-dev libxsimd-dev xtl-dev nlohmann-json3-dev libxxhash-dev libcli11-dev
}

# Debian's Catch2 is a library built by one compiler for one target; ours is compiled by each build.
need_catch2() {
  has apt-get || return 0
  suite_prepare Catch2
  [ -d "$tools/catch2-$catch2_version" ] || step "getting the source of Catch2 $catch2_version (2 MB)"
  once "catch2-$catch2_version" unpack_catch2
  ASYMPTOKEN_CATCH2=$tools/catch2-$catch2_version
  export ASYMPTOKEN_CATCH2
}

unpack_catch2() {
  suite_apt source --download-only catch2
  tar -xzf catch2_*.orig.tar.gz --strip-components=2 --wildcards '*/extras/catch_amalgamated.[ch]pp'
  rm catch2_*
  [ -f catch_amalgamated.cpp ] && [ -f catch_amalgamated.hpp ]
}
