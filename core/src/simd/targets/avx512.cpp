#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

template <>
struct Machine<SimdTarget::avx512> {
  using Arch = xsimd::avx512bw;
  using Shape = TileShape<8, 3>;
};

template struct TargetKernels<SimdTarget::avx512>;

}  // namespace asymptoken::simd
