#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

const TargetKernels& avx512_kernels() {
  static constexpr TargetKernels table =
      make_target_kernels<xsimd::avx512bw, TileShape<8, 3>, TileShape<8, 3>>();
  return table;
}

}  // namespace asymptoken::simd
