# Emscripten's own toolchain file, found through the emcc on PATH, so that `cmake --preset wasm` is all it takes.

execute_process(
  COMMAND em-config EMSCRIPTEN_ROOT
  OUTPUT_VARIABLE asymptoken_emscripten
  OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE asymptoken_status)
if(NOT asymptoken_status EQUAL 0)
  message(FATAL_ERROR "Emscripten is missing: put emcc and em-config on PATH, or run ./dev build wasm.")
endif()

# The header-only libraries lie outside Emscripten's sysroot.
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)

# These change the object format or the calling convention, so every object has to agree on them. 64-bit integers cross as
# BigInt, so the linker has nothing to rewrite.
set(CMAKE_CXX_FLAGS_INIT "-msimd128 -fwasm-exceptions")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fwasm-exceptions -sWASM_BIGINT")

include(${asymptoken_emscripten}/cmake/Modules/Platform/Emscripten.cmake)
