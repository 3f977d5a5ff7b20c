#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace asymptoken {

/// An instruction set that the kernels are compiled for.
enum class SimdTarget { sse2, avx2, avx512, neon64, wasm_simd128, wasm_relaxed };

/// `sse2`, `avx2`, `avx512`, `neon64`, `wasm_simd128` or `wasm_relaxed`.
std::string_view name_of(SimdTarget target);

/// The target of that name; throws Error when it is unknown or when this machine lacks it.
SimdTarget simd_target_named(std::string_view name);

/// What this binary holds and this machine can run, fastest first. Never empty.
std::vector<SimdTarget> available_simd_targets();

/// How the kernels compute. Passed by value wherever it matters: there is no process-wide setting.
struct Compute {
  SimdTarget target = available_simd_targets().front();
  /// No fused multiply-add: results are then equal bit for bit on every target.
  bool deterministic = false;
};

/// y_i = exp(x_i). Built from + * and bit operations only, so independent of any libm.
/// Float: at most 1 ulp from the true value, denormal results included. Throws Error when the sizes differ.
void exp(std::span<const float> x, std::span<float> y, Compute compute = {});
/// Double: at most 2 ulp, results below 2^-1022 are flushed to zero.
void exp(std::span<const double> x, std::span<double> y, Compute compute = {});

/// y_i = log(x_i), at most 1 ulp (x_i > 0, normal or denormal); log 0 = -inf, NaN below 0.
void log(std::span<const float> x, std::span<float> y, Compute compute = {});

}  // namespace asymptoken
