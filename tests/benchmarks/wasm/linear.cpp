#include <emscripten.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "asymptoken/linear.hpp"
#include "linear_problem.hpp"

// The matrix products of an encoder in wasm, beside Eigen's, in turn. One line of JSON for each shape, which linear.ts reads.

// Processor time, which other programs do not stretch.
EM_JS(double, milliseconds, (), {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
});

namespace asymptoken::benchmarks {

namespace {

constexpr int turns = 15;

struct Shape {
  Index rows, inputs, outputs;
};

double median(std::vector<double> numbers) {
  std::ranges::nth_element(numbers, numbers.begin() + turns / 2);
  return numbers[turns / 2];
}

bool compare(const Shape& shape) {
  const LinearProblem problem = normal_linear(shape.rows, shape.inputs, shape.outputs);
  const LinearMap map(problem.W);
  Rows<float> ours(shape.rows, shape.outputs);
  Rows<float> eigen(shape.rows, shape.outputs);
  const double operations = 2.0 * static_cast<double>(shape.rows * problem.W.size());
  const int repetitions = static_cast<int>(1e9 / operations) + 1;
  const auto time = [&](auto multiply) {
    const double start = milliseconds();
    for (int i = 0; i < repetitions; ++i) multiply();
    return (milliseconds() - start) / repetitions;
  };
  std::vector<double> time_ours;
  std::vector<double> ratios;
  // In the first turns the browser's engine still compiles.
  for (int turn = -turns / 5; turn < turns; ++turn) {
    const double first = time([&] { map.apply(problem.x, ours); });
    const double second = time([&] { eigen.noalias() = problem.x * problem.W.transpose(); });
    if (turn < 0) continue;
    time_ours.push_back(first);
    ratios.push_back(second / first);
  }
  const auto [least, most] = std::ranges::minmax(ratios);
  std::printf(R"({"rows": %td, "inputs": %td, "outputs": %td, "milliseconds": %.4f, "gigaflops": %.2f, )"
              R"("eigen_to_ours": {"median": %.3f, "min": %.3f, "max": %.3f}})"
              "\n",
              shape.rows, shape.inputs, shape.outputs, median(time_ours),
              operations / median(time_ours) / 1e6, median(ratios), least, most);
  return error_of(ours, problem) < 1 && error_of(eigen, problem) < 1;
}

}  // namespace

}  // namespace asymptoken::benchmarks

int main() {
  using asymptoken::benchmarks::Shape;
  for (const Shape& shape : {Shape{512, 768, 768}, Shape{512, 768, 3072}, Shape{512, 3072, 768},
                             Shape{1, 768, 768}, Shape{513, 769, 767}, Shape{4096, 50, 50}}) {
    if (!asymptoken::benchmarks::compare(shape)) {
      std::puts("a linear map is wrong");
      return EXIT_FAILURE;
    }
  }
  return EXIT_SUCCESS;
}
