#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

const TargetKernels& sse2_kernels() {
  static constexpr TargetKernels table = make_target_kernels<xsimd::sse2, TileShape<6, 2>, TileShape<6, 2>>();
  return table;
}

}  // namespace asymptoken::simd
