#include "micro/measured.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>

#include "asymptoken/simd.hpp"
#include "work/multiply_add.hpp"

namespace asymptoken::benchmarks {

namespace {

double operations_per_second_in_registers() {
  constexpr double wanted = 2e9;
  // The processor's time, as that of the benchmarks is.
  const std::clock_t start = std::clock();
  const double made = native::multiply_add_in_registers(available_simd_targets().front(), wanted, 1);
  return made * CLOCKS_PER_SEC / static_cast<double>(std::clock() - start);
}

}  // namespace

void require_error_below(double bound, double error, std::string_view what) {
  if (error <= bound) return;
  throw std::runtime_error(std::string(what) + " is wrong: it is off by " + std::to_string(error) +
                           ", more than " + std::to_string(bound));
}

void report_operations(benchmark::State& state, double operations) {
  using benchmark::Counter;
  const double peak = operations_per_second_in_registers();
  state.counters["GFLOP/s"] = Counter(operations / 1e9, Counter::kIsIterationInvariantRate);
  state.counters["of_peak"] = Counter(operations / peak, Counter::kIsIterationInvariantRate);
}

void report_numbers(benchmark::State& state, double numbers) {
  using benchmark::Counter;
  state.counters["G/s"] = Counter(numbers / 1e9, Counter::kIsIterationInvariantRate);
}

}  // namespace asymptoken::benchmarks

int main(int count, char** arguments) {
  try {
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments)) return EXIT_FAILURE;
    benchmark::RunSpecifiedBenchmarks();
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
