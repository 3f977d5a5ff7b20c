#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

template <>
struct Machine<SimdTarget::sse2> {
  using Arch = xsimd::sse2;
  using Shape = TileShape<6, 2>;
};

template struct TargetKernels<SimdTarget::sse2>;

}  // namespace asymptoken::simd
