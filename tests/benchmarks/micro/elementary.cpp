#include <algorithm>
#include <cmath>
#include <vector>

#include "asymptoken/simd.hpp"
#include "micro/measured.hpp"

// Numbers a second of the core's exp and log, beside the C library's one after the other.

namespace asymptoken::benchmarks {

namespace {

constexpr std::size_t count = 1 << 14;  // stays in the second-level cache

using Batch = void (*)(std::span<const float>, std::span<float>, Compute);

std::vector<float> evenly_from(float first, float last) {
  std::vector<float> numbers(count);
  for (std::size_t i = 0; i < count; ++i) {
    numbers[i] = first + (last - first) * static_cast<float>(i) / static_cast<float>(count);
  }
  return numbers;
}

void verify(const std::vector<float>& x, const std::vector<float>& y, double (*exact)(double)) {
  double error = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double expected = exact(static_cast<double>(x[i]));
    error =
        std::max(error, std::abs(static_cast<double>(y[i]) - expected) / std::max(1e-3, std::abs(expected)));
  }
  require_error_below(2e-7, error, "an elementary function");
}

void batch(benchmark::State& state, Batch function, double (*exact)(double), float first, float last) {
  const std::vector<float> x = evenly_from(first, last);
  std::vector<float> y(count);
  for (auto _ : state) {
    function(x, y, {});
    benchmark::ClobberMemory();
  }
  verify(x, y, exact);
  report_numbers(state, count);
}

void one_by_one(benchmark::State& state, float (*function)(float), double (*exact)(double), float first,
                float last) {
  const std::vector<float> x = evenly_from(first, last);
  std::vector<float> y(count);
  for (auto _ : state) {
    std::ranges::transform(x, y.begin(), function);
    benchmark::ClobberMemory();
  }
  verify(x, y, exact);
  report_numbers(state, count);
}

BENCHMARK_CAPTURE(batch, exp, static_cast<Batch>(asymptoken::exp), std::exp, -20.0F, 0.0F);
BENCHMARK_CAPTURE(one_by_one, std_exp, std::exp, std::exp, -20.0F, 0.0F);
BENCHMARK_CAPTURE(batch, log, static_cast<Batch>(asymptoken::log), std::log, 0.01F, 1.0F);
BENCHMARK_CAPTURE(one_by_one, std_log, std::log, std::log, 0.01F, 1.0F);

}  // namespace

}  // namespace asymptoken::benchmarks
