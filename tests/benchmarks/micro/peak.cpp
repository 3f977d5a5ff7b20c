#include "micro/measured.hpp"
#include "work/multiply_add.hpp"

// What no kernel can exceed: multiply-adds that touch nothing but registers.

namespace asymptoken::benchmarks {

namespace {

void multiply_add(benchmark::State& state) {
  const auto threads = static_cast<unsigned>(state.range(0));
  double operations = 0;
  for (auto _ : state) {
    operations = native::multiply_add_in_registers(available_simd_targets().front(), 1e9 * threads, threads);
  }
  state.counters["GFLOP/s"] =
      benchmark::Counter(operations / 1e9, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(multiply_add)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace asymptoken::benchmarks
