#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "asymptoken/attention.hpp"
#include "asymptoken/attention_jobs.hpp"
#include "asymptoken/random.hpp"
#include "asymptoken/result.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/text.hpp"
#include "work/multiply_add.hpp"
#include "work/run_job.hpp"

namespace asymptoken::native {

namespace {

using Json = nlohmann::ordered_json;

struct BenchOptions {
  WorkOptions work;
  bool json = false;
};

struct Shape {
  Index n;
  Index d;

  double operations() const { return 4.0 * static_cast<double>(n * n * d); }
};

// A few hundred milliseconds each on one core: sharp heads, the published sweep's dimension, and one where exponentials
// dominate.
constexpr std::array shapes = {Shape{4096, 64}, Shape{4096, 50}, Shape{8192, 3}};

struct Measurement {
  Shape shape;
  double milliseconds;
  double gigaflops;
  double fraction_of_peak;
};

double seconds_of(const std::function<void()>& run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> numbers) {
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::ranges::nth_element(numbers, middle);
  return *middle;
}

Rows<float> normal_rows(Shape shape, std::uint64_t id) {
  Rows<float> rows(shape.n, shape.d);
  normal_variates({.seed = 1, .id = id}, 0, {rows.data(), static_cast<std::size_t>(rows.size())});
  return rows;
}

// Attention of normal tokens to each other.
class Attention {
 public:
  Attention(Shape shape, Compute compute, unsigned threads)
      : queries_(normal_rows(shape, 0)),
        keys_(normal_rows(shape, 1)),
        values_(normal_rows(shape, 2)),
        outputs_(shape.n, shape.d),
        scale_(1 / std::sqrt(static_cast<float>(shape.d))),
        compute_(compute),
        threads_(threads) {}

  void run() {
    AttentionJob job(array("queries", queries_), array("keys", keys_), array("values", values_),
                     {.scale = static_cast<double>(scale_)});
    run_job(job,
            {.compute = compute_,
             .threads = threads_,
             .display = progress_display("none", ""),
             .units = static_cast<std::int64_t>(job.size())},
            job.size(), [&](std::size_t item, std::span<const double> numbers) {
              const IndexRange range = job.rows_of(item);
              outputs_.middleRows(range.first, range.size()) =
                  Eigen::Map<const Rows<double>>(numbers.data(), range.size(), job.row_width())
                      .leftCols(job.value_dimension())
                      .cast<float>();
            });
  }

  static Array array(const char* name, const Rows<float>& rows) {
    return {
        name, rows.data(), {.type = NumberType::float32, .shape = {rows.rows(), rows.cols()}, .strides = {}}};
  }

  // A fast wrong answer is none.
  void verify() const {
    constexpr Index checked = 8;
    const AttentionOutput<double> exact =
        attend<double>(queries_.topRows(checked).cast<double>(), keys_.cast<double>(), values_.cast<double>(),
                       static_cast<double>(scale_), compute_);
    const double error = (outputs_.topRows(checked).cast<double>() - exact.output).cwiseAbs().maxCoeff();
    if (!(error < 1e-5)) {
      throw std::runtime_error("float32 attention differs from float64 by " + std::to_string(error));
    }
  }

 private:
  Rows<float> queries_;
  Rows<float> keys_;
  Rows<float> values_;
  Rows<float> outputs_;
  float scale_;
  Compute compute_;
  unsigned threads_;
};

// Peak and attention in turn, so that a machine that slows down does so for both.
Measurement measure(Shape shape, Compute compute, unsigned threads) {
  constexpr int rounds = 5;
  const double peak_operations = 2e9 * threads;
  Attention attention(shape, compute, threads);
  attention.run();
  attention.verify();
  std::vector<double> seconds;
  std::vector<double> fractions;
  for (int round = 0; round < rounds; ++round) {
    double made = 0;
    const double peak_seconds =
        seconds_of([&] { made = multiply_add_in_registers(compute.target, peak_operations, threads); });
    seconds.push_back(seconds_of([&] { attention.run(); }));
    fractions.push_back(shape.operations() / seconds.back() / (made / peak_seconds));
  }
  const double typical = median(seconds);
  return {.shape = shape,
          .milliseconds = 1000 * typical,
          .gigaflops = shape.operations() / typical / 1e9,
          .fraction_of_peak = median(fractions)};
}

Json json_of(const Measurement& measurement) {
  return {{"n", measurement.shape.n},
          {"d", measurement.shape.d},
          {"milliseconds", measurement.milliseconds},
          {"gigaflops", measurement.gigaflops},
          {"fraction_of_peak", measurement.fraction_of_peak}};
}

std::string line_of(const Measurement& measurement) {
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%8td %5td %10.1f %9.1f %8.0f %%\n", measurement.shape.n,
                measurement.shape.d, measurement.milliseconds, measurement.gigaflops,
                100 * measurement.fraction_of_peak);
  return text.data();
}

void run(const BenchOptions& options) {
  const Compute compute{.target = simd_of(options.work)};
  const unsigned threads = threads_of(options.work);
  Json results = Json::array();
  std::string table = "attention, float32, " + std::string(name_of(compute.target)) +
                      ", threads: " + std::to_string(threads) +
                      "\n       n     d         ms   GFLOP/s    of peak\n";
  for (const Shape shape : shapes) {
    const Measurement measurement = measure(shape, compute, threads);
    results.push_back(json_of(measurement));
    table += line_of(measurement);
  }
  const Json document = {{"version", version()},
                         {"simd", name_of(compute.target)},
                         {"threads", threads},
                         {"attention", results}};
  write_text("standard output", "-", options.json ? document.dump(1) + "\n" : table);
}

}  // namespace

void add_bench_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("bench", "Measure how fast this machine computes attention");
  const auto options = std::make_shared<BenchOptions>();
  add_compute_options(*command, options->work);
  command->add_flag("--json", options->json, "Print JSON instead of a table");
  command->footer(
      "n queries attend to n keys of d numbers: 4 n^2 d floating-point operations, exponentials not counted. "
      "The "
      "peak\n"
      "is what multiply-adds in registers reach, measured in between; results are verified in float64.\n"
      "\n"
      "Example:\n"
      "  asymptoken bench --threads 1");
  command->callback([options, &exit_code] {
    run(*options);
    exit_code = 0;
  });
}

}  // namespace asymptoken::native
