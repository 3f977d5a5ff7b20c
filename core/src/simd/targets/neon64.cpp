#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

template <>
struct Machine<SimdTarget::neon64> {
  using Arch = xsimd::neon64;
  using Shape = TileShape<8, 3>;
};

template struct TargetKernels<SimdTarget::neon64>;

}  // namespace asymptoken::simd
