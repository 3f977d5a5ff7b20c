#include "asymptoken/simd.hpp"

#include <algorithm>
#include <string>
#include <xsimd/xsimd.hpp>

#include "asymptoken/error.hpp"
#include "simd/kernels.hpp"

namespace asymptoken {

namespace {

struct NamedTarget {
  SimdTarget target;
  std::string_view name;
};

constexpr NamedTarget named_targets[] = {
    {SimdTarget::sse2, "sse2"},
    {SimdTarget::avx2, "avx2"},
    {SimdTarget::avx512, "avx512"},
    {SimdTarget::neon64, "neon64"},
    {SimdTarget::wasm_simd128, "wasm_simd128"},
    {SimdTarget::wasm_relaxed, "wasm_relaxed"},
};

/// Calls use(TargetKernels) of the target.
template <class Use>
auto with_target(SimdTarget target, Use use) {
  switch (target) {
#if defined(__x86_64__)
    case SimdTarget::sse2:
      return use(simd::TargetKernels<SimdTarget::sse2>());
    case SimdTarget::avx2:
      return use(simd::TargetKernels<SimdTarget::avx2>());
    case SimdTarget::avx512:
      return use(simd::TargetKernels<SimdTarget::avx512>());
#elif defined(__aarch64__)
    case SimdTarget::neon64:
      return use(simd::TargetKernels<SimdTarget::neon64>());
#elif defined(__wasm_relaxed_simd__)
    case SimdTarget::wasm_relaxed:
      return use(simd::TargetKernels<SimdTarget::wasm_relaxed>());
#elif defined(__wasm_simd128__)
    case SimdTarget::wasm_simd128:
      return use(simd::TargetKernels<SimdTarget::wasm_simd128>());
#endif
    default:
      throw Error("SIMD target", name_of(target), "one that this binary was built with");
  }
}

std::string names_of_available() {
  std::string names;
  for (const SimdTarget target : available_simd_targets()) {
    names += names.empty() ? "" : ", ";
    names += name_of(target);
  }
  return names;
}

template <class T>
void check_sizes(std::span<const T> x, std::span<T> y) {
  if (x.size() != y.size()) {
    throw Error("size of y", std::to_string(y.size()), "the size of x, " + std::to_string(x.size()));
  }
}

}  // namespace

std::string_view name_of(SimdTarget target) {
  return std::ranges::find(named_targets, target, &NamedTarget::target)->name;
}

SimdTarget simd_target_named(std::string_view name) {
  for (const SimdTarget target : available_simd_targets()) {
    if (name_of(target) == name) {
      return target;
    }
  }
  throw Error("SIMD target", name, "one that this machine can run: " + names_of_available());
}

std::vector<SimdTarget> available_simd_targets() {
#if defined(__x86_64__)
  const auto machine = xsimd::available_architectures();
  std::vector<SimdTarget> targets;
  if (machine.avx512bw) {
    targets.push_back(SimdTarget::avx512);
  }
  if (machine.fma3_avx2) {
    targets.push_back(SimdTarget::avx2);
  }
  targets.push_back(SimdTarget::sse2);
  return targets;
#elif defined(__aarch64__)
  return {SimdTarget::neon64};
#elif defined(__wasm_relaxed_simd__)
  return {SimdTarget::wasm_relaxed};
#elif defined(__wasm_simd128__)
  return {SimdTarget::wasm_simd128};
#else
#error "asymptoken needs SSE2, AVX2, AVX-512, 64-bit NEON or WebAssembly SIMD"
#endif
}

void exp(std::span<const float> x, std::span<float> y, Compute compute) {
  check_sizes(x, y);
  simd::float_functions(compute).exp(x.data(), y.data(), x.size());
}

void exp(std::span<const double> x, std::span<double> y, Compute compute) {
  check_sizes(x, y);
  simd::double_functions(compute).exp(x.data(), y.data(), x.size());
}

void log(std::span<const float> x, std::span<float> y, Compute compute) {
  check_sizes(x, y);
  simd::float_functions(compute).log(x.data(), y.data(), x.size());
}

namespace simd {

template <>
const AttentionKernels<float>& attention_kernels(Compute compute) {
  return *with_target(compute.target, [&](auto kernels) { return &kernels.attention_float.of(compute); });
}

template <>
const AttentionKernels<float>& attention_kernels_with_spread(Compute compute) {
  return *with_target(compute.target,
                      [&](auto kernels) { return &kernels.attention_float_with_spread.of(compute); });
}

template <>
const AttentionKernels<double>& attention_kernels_with_spread(Compute compute) {
  return *with_target(compute.target,
                      [&](auto kernels) { return &kernels.attention_double_with_spread.of(compute); });
}

const LinearKernels& linear_kernels(Compute compute) {
  return *with_target(compute.target, [&](auto kernels) { return &kernels.linear.of(compute); });
}

const FloatFunctions& float_functions(Compute compute) {
  return *with_target(compute.target, [&](auto kernels) { return &kernels.float_functions.of(compute); });
}

const DoubleFunctions& double_functions(Compute compute) {
  return *with_target(compute.target, [&](auto kernels) { return &kernels.double_functions.of(compute); });
}

const RandomKernels& random_kernels(SimdTarget target) {
  return *with_target(target, [](auto kernels) { return &kernels.random; });
}

}  // namespace simd
}  // namespace asymptoken
