#pragma once

#include "simd/attention_kernel.hpp"
#include "simd/linear_kernel.hpp"
#include "simd/random_kernel.hpp"

// Included by exactly one translation unit for each instruction set; see targets/.

namespace asymptoken::simd {

/// y_i = f(x_i), the last vector through a padded copy.
template <class T, class Arch, class Function>
void transform(const T* x, T* y, std::size_t count, Function f) {
  using V = Vector<T, Arch>;
  std::size_t i = 0;
  for (; i + V::size <= count; i += V::size) {
    f(V::load_unaligned(x + i)).store_unaligned(y + i);
  }
  if (i < count) {
    T rest[V::size] = {};
    for (std::size_t j = i; j < count; ++j) {
      rest[j - i] = x[j];
    }
    f(V::load_unaligned(rest)).store_unaligned(rest);
    for (std::size_t j = i; j < count; ++j) {
      y[j] = rest[j - i];
    }
  }
}

template <class Arch, bool fused, class FloatShape, class DoubleShape>
constexpr Kernels make_kernels() {
  using Single = AttentionKernel<float, Arch, fused, false, FloatShape>;
  using SingleWithSpread = AttentionKernel<float, Arch, fused, true, FloatShape>;
  using Double = AttentionKernel<double, Arch, fused, true, DoubleShape>;
  using Linear = LinearKernel<Arch, fused, FloatShape>;
  return {
      .width_float = Single::width,
      .width_double = Double::width,
      .attend_float = Single::attend,
      .attend_float_with_spread = SingleWithSpread::attend,
      .attend_double = Double::attend,
      .move_float = Single::move,
      .move_double = Double::move,
      .lanes_float = Linear::lanes,
      .pack_linear = Linear::pack,
      .multiply_linear = Linear::multiply,
      .exp_float =
          [](const float* x, float* y, std::size_t count) {
            transform<float, Arch>(x, y, count, [](auto v) { return exp<fused>(v); });
          },
      .exp_double =
          [](const double* x, double* y, std::size_t count) {
            transform<double, Arch>(x, y, count, [](auto v) { return exp<fused>(v); });
          },
      .exp2_float =
          [](const float* x, float* y, std::size_t count) {
            transform<float, Arch>(x, y, count, [](auto v) { return exp2_bounded_below<fused>(v); });
          },
      .log_float =
          [](const float* x, float* y, std::size_t count) {
            transform<float, Arch>(x, y, count, [](auto v) { return log<fused>(v); });
          },
  };
}

template <class Arch, class FloatShape, class DoubleShape>
constexpr TargetKernels make_target_kernels() {
  return {.fused = make_kernels<Arch, can_fuse<Arch>, FloatShape, DoubleShape>(),
          .deterministic = make_kernels<Arch, false, FloatShape, DoubleShape>(),
          .random = {.words = word_blocks<Arch>,
                     .uniforms = uniform_blocks<Arch>,
                     .normals = normal_blocks<Arch>,
                     .sine_cosine = sine_cosine<Arch>}};
}

}  // namespace asymptoken::simd
