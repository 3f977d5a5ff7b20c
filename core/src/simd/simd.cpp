#include "asymptoken/simd.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <xsimd/xsimd.hpp>

#include "asymptoken/error.hpp"
#include "simd/kernels.hpp"

namespace asymptoken {

namespace {

/// Every instruction set there is, built in or not.
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

/// An instruction set that is built in, one file of targets/ each, and whether this machine runs it.
template <SimdTarget simd_target, auto runs_on>
struct BuiltTarget {
  static constexpr SimdTarget target = simd_target;
  static bool is_available() { return runs_on(xsimd::available_architectures()); }
};

/// Calls use(BuiltTarget) of each, fastest first.
template <class Use>
void for_built_targets(Use use) {
#if defined(__x86_64__)
  use(BuiltTarget<SimdTarget::avx512, [](const auto& machine) { return machine.avx512bw; }>());
  use(BuiltTarget<SimdTarget::avx2, [](const auto& machine) { return machine.fma3_avx2; }>());
  use(BuiltTarget<SimdTarget::sse2, [](const auto& /*machine*/) { return true; }>());
#elif defined(__aarch64__)
  use(BuiltTarget<SimdTarget::neon64, [](const auto& /*machine*/) { return true; }>());
#elif defined(__wasm_relaxed_simd__)
  use(BuiltTarget<SimdTarget::wasm_relaxed, [](const auto& /*machine*/) { return true; }>());
#elif defined(__wasm_simd128__)
  use(BuiltTarget<SimdTarget::wasm_simd128, [](const auto& /*machine*/) { return true; }>());
#else
#error "asymptoken needs SSE2, AVX2, AVX-512, 64-bit NEON or WebAssembly SIMD"
#endif
}

/// What get(TargetKernels) returns for the target.
template <class Get>
const auto& of_target(SimdTarget target, Get get) {
  std::remove_reference_t<decltype(get(simd::TargetKernels<SimdTarget::sse2>()))>* found = nullptr;
  for_built_targets([&](auto built) {
    if (built.target == target) {
      found = &get(simd::TargetKernels<built.target>());
    }
  });
  if (found == nullptr) {
    throw Error("SIMD target", name_of(target), "one that this binary was built with");
  }
  return *found;
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
  std::vector<SimdTarget> targets;
  for_built_targets([&](auto built) {
    if (built.is_available()) {
      targets.push_back(built.target);
    }
  });
  return targets;
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
  return of_target(compute.target, [](auto kernels) -> auto& { return kernels.attention_float(); })
      .of(compute);
}

template <>
const AttentionKernels<float>& attention_kernels_with_spread(Compute compute) {
  return of_target(compute.target,
                   [](auto kernels) -> auto& { return kernels.attention_float_with_spread(); })
      .of(compute);
}

template <>
const AttentionKernels<double>& attention_kernels_with_spread(Compute compute) {
  return of_target(compute.target,
                   [](auto kernels) -> auto& { return kernels.attention_double_with_spread(); })
      .of(compute);
}

const LinearKernels& linear_kernels(Compute compute) {
  return of_target(compute.target, [](auto kernels) -> auto& { return kernels.linear(); }).of(compute);
}

const FloatFunctions& float_functions(Compute compute) {
  return of_target(compute.target, [](auto kernels) -> auto& { return kernels.float_functions(); })
      .of(compute);
}

const DoubleFunctions& double_functions(Compute compute) {
  return of_target(compute.target, [](auto kernels) -> auto& { return kernels.double_functions(); })
      .of(compute);
}

const RandomKernels& random_kernels(SimdTarget target) {
  return of_target(target, [](auto kernels) -> auto& { return kernels.random(); });
}

}  // namespace simd
}  // namespace asymptoken
