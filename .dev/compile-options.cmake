# How our own targets are compiled.

# A multiplication and an addition are fused where the code says so and nowhere else: otherwise the compiler decides,
# target by target, and no two agree bit for bit.
add_compile_options(-ffp-contract=off)

# For our targets only, linked PRIVATE: a project that uses the library keeps its own warnings. They stop the build
# under clang, which ./dev uses; g++ shows them only, since it sees faults inside its own headers (as g++ 12 does in
# std::string and the AVX-512 intrinsics).
add_library(asymptoken_warnings INTERFACE)
target_compile_options(asymptoken_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  $<$<AND:$<BOOL:${PROJECT_IS_TOP_LEVEL}>,$<CXX_COMPILER_ID:Clang>>:-Werror>)
