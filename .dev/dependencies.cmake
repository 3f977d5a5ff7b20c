# The libraries we build on: the installed one when it is recent enough, else its source at a pinned tag.

include(FetchContent)

# asymptoken_headers(NAME TARGET VERSION REPOSITORY TAG FOLDER): a header-only library as TARGET. Of a fetched source
# only FOLDER is used, never its build scripts, so that none of its options or tests enter this build.
function(asymptoken_headers name target version repository tag folder)
  FetchContent_Declare(${name}
    GIT_REPOSITORY ${repository}
    GIT_TAG ${tag}
    GIT_SHALLOW ON
    SOURCE_SUBDIR none
    FIND_PACKAGE_ARGS ${version})
  FetchContent_MakeAvailable(${name})
  if(NOT TARGET ${target})
    string(TOLOWER ${name} lower)
    string(REPLACE ":" "_" plain ${target})
    add_library(asymptoken_${plain} INTERFACE)
    target_include_directories(asymptoken_${plain} SYSTEM INTERFACE ${${lower}_SOURCE_DIR}/${folder})
    add_library(${target} ALIAS asymptoken_${plain})
  endif()
endfunction()

# One SIMD vocabulary from SSE2 to AVX-512, NEON and wasm, chosen at run time.
asymptoken_headers(xsimd xsimd 13 https://github.com/xtensor-stack/xsimd.git 13.2.0 include)

# Small dense algebra: Cholesky, eigenvalues, singular values.
asymptoken_headers(Eigen3 Eigen3::Eigen 3.4 https://gitlab.com/libeigen/eigen.git 3.4.0 .)

# Specs and results; keeps the order of keys and prints the shortest number that reads back the same.
asymptoken_headers(nlohmann_json nlohmann_json::nlohmann_json 3.11
  https://github.com/nlohmann/json.git v3.11.3 include)

# Fingerprints of arrays: a hash of 128 bits that is defined for every platform. It comes without a CMake package.
find_path(ASYMPTOKEN_XXHASH xxhash.h NO_CMAKE_FIND_ROOT_PATH)
if(ASYMPTOKEN_XXHASH)
  add_library(asymptoken_xxhash INTERFACE)
  target_include_directories(asymptoken_xxhash SYSTEM INTERFACE ${ASYMPTOKEN_XXHASH})
  add_library(xxhash ALIAS asymptoken_xxhash)
else()
  asymptoken_headers(xxHash xxhash 0.8 https://github.com/Cyan4973/xxHash.git v0.8.3 .)
endif()

# Arguments of the command, with subcommands and help.
if(ASYMPTOKEN_BUILD_COMMAND AND NOT EMSCRIPTEN)
  asymptoken_headers(CLI11 CLI11::CLI11 2.3 https://github.com/CLIUtils/CLI11.git v2.4.2 include)
endif()

# Unit tests that run natively and as wasm: always compiled here, since an installed Catch2 fits one compiler only.
if(ASYMPTOKEN_BUILD_TESTS)
  include(${CMAKE_CURRENT_LIST_DIR}/catch2.cmake)
endif()
