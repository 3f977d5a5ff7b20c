#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

const TargetKernels& sse2_kernels() {
  static constexpr TargetKernels table = make_target_kernels<xsimd::sse2, TileShape<4, 3>, TileShape<4, 3>>();
  return table;
}

}  // namespace asymptoken::simd
