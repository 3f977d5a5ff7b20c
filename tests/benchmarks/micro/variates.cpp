#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "asymptoken/random.hpp"
#include "micro/measured.hpp"

// Random numbers a second, beside what a C++ program would use otherwise.

namespace asymptoken::benchmarks {

namespace {

constexpr std::size_t count = 1 << 16;

/// Mean and variance within five standard errors.
void verify(const std::vector<float>& numbers, double mean, double variance, double fourth_moment) {
  double sum = 0;
  double squares = 0;
  for (const float number : numbers) {
    const double centred = static_cast<double>(number) - mean;
    sum += centred;
    squares += centred * centred;
  }
  const auto n = static_cast<double>(numbers.size());
  require_error_below(5 * std::sqrt(variance / n), std::abs(sum / n), "the mean of random numbers");
  require_error_below(5 * std::sqrt((fourth_moment - variance * variance) / n),
                      std::abs(squares / n - variance), "the variance of random numbers");
}

void normal_core(benchmark::State& state) {
  std::vector<float> numbers(count);
  std::uint64_t first = 0;
  for (auto _ : state) {
    normal_variates({.seed = 1, .id = 2}, first, numbers);
    first += count;
    benchmark::ClobberMemory();
  }
  verify(numbers, 0, 1, 3);
  report_numbers(state, count);
}
BENCHMARK(normal_core)->Name("normal/core");

void normal_std(benchmark::State& state) {
  std::vector<float> numbers(count);
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  for (auto _ : state) {
    std::ranges::generate(numbers, [&] { return normal(generator); });
    benchmark::ClobberMemory();
  }
  verify(numbers, 0, 1, 3);
  report_numbers(state, count);
}
BENCHMARK(normal_std)->Name("normal/std_mt19937");

void uniform_core(benchmark::State& state) {
  std::vector<float> numbers(count);
  std::uint64_t first = 0;
  for (auto _ : state) {
    uniform_variates({.seed = 1, .id = 2}, first, numbers);
    first += count;
    benchmark::ClobberMemory();
  }
  verify(numbers, 0.5, 1.0 / 12, 1.0 / 80);
  report_numbers(state, count);
}
BENCHMARK(uniform_core)->Name("uniform/core");

// Eigen has no normal numbers; these lie in (-1, 1).
void uniform_eigen(benchmark::State& state) {
  std::vector<float> numbers(count);
  Eigen::Map<Eigen::VectorXf> map(numbers.data(), static_cast<Eigen::Index>(count));
  for (auto _ : state) {
    map.setRandom();
    benchmark::ClobberMemory();
  }
  verify(numbers, 0, 1.0 / 3, 1.0 / 5);
  report_numbers(state, count);
}
BENCHMARK(uniform_eigen)->Name("uniform/eigen");

}  // namespace

}  // namespace asymptoken::benchmarks
