#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

#ifdef __wasm_relaxed_simd__
constexpr SimdTarget wasm_target = SimdTarget::wasm_relaxed;
#else
constexpr SimdTarget wasm_target = SimdTarget::wasm_simd128;
#endif

template <>
struct Machine<wasm_target> {
  using Arch = xsimd::wasm;
  using Shape = TileShape<2, 4>;
};

template struct TargetKernels<wasm_target>;

}  // namespace asymptoken::simd
