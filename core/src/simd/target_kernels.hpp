#pragma once

#include "simd/attention_kernel.hpp"
#include "simd/linear_kernel.hpp"
#include "simd/random_kernel.hpp"

// Included by exactly one translation unit for each instruction set; see targets/.

namespace asymptoken::simd {

/// What a target's translation unit says of it: `Arch`, its xsimd architecture, and `Shape`, of the register tile.
template <SimdTarget target>
struct Machine;

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

/// The variants of the kernels that make<fused>() makes.
template <SimdTarget target, class Make>
constexpr auto variants_of(Make make) {
  return Variants {
    .fused = make.template operator()<can_fuse<typename Machine<target>::Arch>>(),
    .deterministic = make.template operator()<false>()
  };
}

template <SimdTarget target, class T, bool spread>
constexpr auto make_attention() {
  return variants_of<target>([]<bool fused>() {
    using M = Machine<target>;
    using Kernel = AttentionKernel<T, typename M::Arch, fused, spread, typename M::Shape>;
    return AttentionKernels<T>{.width = Kernel::width, .attend = Kernel::attend, .move = Kernel::move};
  });
}

template <SimdTarget target>
constexpr auto make_linear() {
  return variants_of<target>([]<bool fused>() {
    using Kernel = LinearKernel<typename Machine<target>::Arch, fused, typename Machine<target>::Shape>;
    return LinearKernels{.lanes = Kernel::lanes, .pack = Kernel::pack, .multiply = Kernel::multiply};
  });
}

template <SimdTarget target>
constexpr auto make_float_functions() {
  return variants_of<target>([]<bool fused>() {
    using Arch = typename Machine<target>::Arch;
    return FloatFunctions{
        .exp =
            [](const float* x, float* y, std::size_t count) {
              transform<float, Arch>(x, y, count, [](auto v) { return exp<fused>(v); });
            },
        .exp2 =
            [](const float* x, float* y, std::size_t count) {
              transform<float, Arch>(x, y, count, [](auto v) { return exp2_bounded_below<fused>(v); });
            },
        .log =
            [](const float* x, float* y, std::size_t count) {
              transform<float, Arch>(x, y, count, [](auto v) { return log<fused>(v); });
            },
    };
  });
}

template <SimdTarget target>
constexpr auto make_double_functions() {
  return variants_of<target>([]<bool fused>() {
    return DoubleFunctions{.exp = [](const double* x, double* y, std::size_t count) {
      transform<double, typename Machine<target>::Arch>(x, y, count, [](auto v) { return exp<fused>(v); });
    }};
  });
}

template <class Arch>
constexpr RandomKernels make_random() {
  return {.words = word_blocks<Arch>,
          .uniforms = uniform_blocks<Arch>,
          .normals = normal_blocks<Arch>,
          .sine_cosine = sine_cosine<Arch>};
}

template <SimdTarget target>
const Variants<AttentionKernels<float>>& TargetKernels<target>::attention_float() {
  static constexpr Variants<AttentionKernels<float>> kernels = make_attention<target, float, false>();
  return kernels;
}

template <SimdTarget target>
const Variants<AttentionKernels<float>>& TargetKernels<target>::attention_float_with_spread() {
  static constexpr Variants<AttentionKernels<float>> kernels = make_attention<target, float, true>();
  return kernels;
}

template <SimdTarget target>
const Variants<AttentionKernels<double>>& TargetKernels<target>::attention_double_with_spread() {
  static constexpr Variants<AttentionKernels<double>> kernels = make_attention<target, double, true>();
  return kernels;
}

template <SimdTarget target>
const Variants<LinearKernels>& TargetKernels<target>::linear() {
  static constexpr Variants<LinearKernels> kernels = make_linear<target>();
  return kernels;
}

template <SimdTarget target>
const Variants<FloatFunctions>& TargetKernels<target>::float_functions() {
  static constexpr Variants<FloatFunctions> kernels = make_float_functions<target>();
  return kernels;
}

template <SimdTarget target>
const Variants<DoubleFunctions>& TargetKernels<target>::double_functions() {
  static constexpr Variants<DoubleFunctions> kernels = make_double_functions<target>();
  return kernels;
}

template <SimdTarget target>
const RandomKernels& TargetKernels<target>::random() {
  static constexpr RandomKernels kernels = make_random<typename Machine<target>::Arch>();
  return kernels;
}

}  // namespace asymptoken::simd
