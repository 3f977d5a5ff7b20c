# Every version that ./dev pins or demands, in one place, each with its reason.

llvm_version=19            # the newest clang of Debian 12, and the one emscripten 3.1.69 is matched to
emscripten_version=3.1.69  # Debian 13's own; its C++20 library and LLVM are those of clang 19
emscripten_floor=3.1.60    # first with the relaxed SIMD builtins and embind as used in wasm/
binaryen_version=120       # the optimiser emscripten 3.1.69 expects; later ones change its flags
acorn_version=8.14.0       # the JavaScript parser emscripten's optimiser loads; any 8 will do
node_version=24.19.0       # long-term support, carried by a package registry for x86-64 and arm64
node_floor=22.18           # first to run TypeScript directly and relaxed SIMD without a flag
cmake_floor=3.25           # Debian 12's; presets of version 6
xsimd_version=13           # first line with the wasm target and run-time dispatch in one
eigen_version=3.4          # last stable line for years; header only
catch2_version=3.7.1       # ships an amalgamated source that compiles natively and as wasm alike
