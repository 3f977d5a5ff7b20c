#include "asymptoken/attention.hpp"

#include "micro/measured.hpp"
#include "problem.hpp"

namespace asymptoken::benchmarks {

namespace {

void attention(benchmark::State& state, bool deterministic) {
  const Index n = state.range(0);
  const Index d = state.range(1);
  const Arrays arrays = normal_arrays(n, n, d);
  AttentionOutput<float> found;
  for (auto _ : state) {
    found = attend<float>(arrays.queries, arrays.keys, arrays.values, scale_of(arrays),
                          {.deterministic = deterministic});
  }
  require_error_below(1e-5, error_of(found.output, arrays), "attention");
  report_operations(state, 4.0 * static_cast<double>(n * n * d));
}

// The showcases, what a dimension costs that is no multiple of the lanes, and sizes that are no multiple of a block.
void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"n", "d"})->Unit(benchmark::kMillisecond);
  for (const int d : {1, 3, 8, 17, 32, 50, 64, 100, 128, 200, 256}) benchmark->Args({2048, d});
  for (const int n : {100, 1000, 4692, 8192}) benchmark->Args({n, 50});
}

BENCHMARK_CAPTURE(attention, fused, false)->Apply(shapes);
BENCHMARK_CAPTURE(attention, deterministic, true)->Apply(shapes);

}  // namespace

}  // namespace asymptoken::benchmarks
