#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

template <>
struct Machine<SimdTarget::avx2> {
  using Arch = xsimd::fma3<xsimd::avx2>;
  using Shape = TileShape<6, 2>;
};

template struct TargetKernels<SimdTarget::avx2>;

}  // namespace asymptoken::simd
