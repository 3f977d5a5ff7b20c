#include "simd/target_kernels.hpp"

namespace asymptoken::simd {

const TargetKernels& wasm_kernels() {
  static constexpr TargetKernels table = make_target_kernels<xsimd::wasm, TileShape<2, 4>, TileShape<2, 4>>();
  return table;
}

}  // namespace asymptoken::simd
