#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

const TargetKernels& avx2_kernels() {
  static constexpr TargetKernels table =
      make_target_kernels<xsimd::fma3<xsimd::avx2>, TileShape<6, 2>, TileShape<6, 2>>();
  return table;
}

}  // namespace asymptoken::simd
