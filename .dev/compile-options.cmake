# How our own targets are compiled.

# A multiplication and an addition are fused where the code says so and nowhere else: otherwise the compiler decides,
# target by target, and no two agree bit for bit.
add_compile_options(-ffp-contract=off)

# For our targets only, linked PRIVATE: a project that uses the library keeps its own warnings, and a compiler newer
# than ours does not stop its build.
add_library(asymptoken_warnings INTERFACE)
target_compile_options(asymptoken_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  $<$<BOOL:${PROJECT_IS_TOP_LEVEL}>:-Werror>
  # g++ 12 sees overlapping copies inside its own std::string.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
