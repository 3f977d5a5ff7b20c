#include "asymptoken/linear.hpp"

#ifdef ASYMPTOKEN_OPENBLAS
#include <cblas.h>
#endif

#include "linear_problem.hpp"
#include "micro/measured.hpp"

// The matrix products of an encoder and of a projection, beside OpenBLAS with one thread where CMake found it.

namespace asymptoken::benchmarks {

namespace {

template <class Prepare>
void measure(benchmark::State& state, Prepare prepare) {
  const LinearProblem problem = normal_linear(state.range(0), state.range(1), state.range(2));
  Rows<float> y(problem.x.rows(), problem.W.rows());
  const auto multiply = prepare(problem);
  for (auto _ : state) {
    multiply(y);
    benchmark::ClobberMemory();
  }
  require_error_below(1, error_of(y, problem), "a linear map");
  report_operations(state, 2.0 * static_cast<double>(problem.x.rows() * problem.W.size()));
}

void linear(benchmark::State& state, bool deterministic) {
  measure(state, [&](const LinearProblem& problem) {
    return [&problem, map = LinearMap(problem.W, {}, {.deterministic = deterministic})](Rows<float>& y) {
      map.apply(problem.x, y);
    };
  });
}

// The packing of the weights, which happens once.
void linear_pack(benchmark::State& state) {
  const LinearProblem problem = normal_linear(1, state.range(0), state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(LinearMap(problem.W));
  report_numbers(state, static_cast<double>(problem.W.size()));
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"rows", "inputs", "outputs"})->Unit(benchmark::kMillisecond);
  benchmark->Args({512, 768, 768})->Args({512, 768, 3072})->Args({512, 3072, 768});
  benchmark->Args({1, 768, 768})->Args({7, 768, 768})->Args({513, 769, 767})->Args({4096, 50, 50});
}

BENCHMARK_CAPTURE(linear, fused, false)->Apply(shapes);
BENCHMARK_CAPTURE(linear, deterministic, true)->Apply(shapes);
BENCHMARK(linear_pack)->Name("linear/pack")->ArgNames({"inputs", "outputs"})->Args({768, 768});

#ifdef ASYMPTOKEN_OPENBLAS

void linear_openblas(benchmark::State& state) {
  openblas_set_num_threads(1);
  state.SetLabel(openblas_get_corename());
  measure(state, [](const LinearProblem& problem) {
    return [&](Rows<float>& y) {
      const auto& [x, W] = problem;
      const auto rows = static_cast<int>(x.rows());
      const auto inputs = static_cast<int>(x.cols());
      const auto outputs = static_cast<int>(W.rows());
      if (rows == 1) {
        cblas_sgemv(CblasRowMajor, CblasNoTrans, outputs, inputs, 1, W.data(), inputs, x.data(), 1, 0,
                    y.data(), 1);
      } else {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, outputs, inputs, 1, x.data(), inputs,
                    W.data(), inputs, 0, y.data(), outputs);
      }
    };
  });
}
BENCHMARK(linear_openblas)->Name("linear/openblas")->Apply(shapes);

#endif

}  // namespace

}  // namespace asymptoken::benchmarks
