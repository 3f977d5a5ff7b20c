#include "contestant.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace asymptoken::benchmarks {

namespace {

using Json = nlohmann::ordered_json;

std::optional<Json> read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return Json::parse(line);
}

void write_line(const Json& json) { std::cout << json.dump() << std::endl; }

Rows<float> normal_rows(Index rows, Index columns, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  return Rows<float>::NullaryExpr(rows, columns, [&] { return normal(generator); });
}

/// The output of one query from the definition.
Vector attend_one(const Arrays& arrays, Index query) {
  const double scale = 1 / std::sqrt(static_cast<double>(arrays.keys.cols()));
  const Vector x = scale * arrays.queries.row(query).transpose().cast<double>();
  Vector weights(arrays.keys.rows());
  for (Index key = 0; key < weights.size(); ++key) weights[key] = arrays.keys.row(key).cast<double>().dot(x);
  weights = (weights.array() - weights.maxCoeff()).exp();
  Vector output = Vector::Zero(arrays.values.cols());
  for (Index key = 0; key < weights.size(); ++key) {
    output += weights[key] * arrays.values.row(key).transpose().cast<double>();
  }
  return output / weights.sum();
}

double error_of(const Rows<float>& outputs, const Arrays& arrays) {
  constexpr Index checked = 8;
  double error = 0;
  for (Index i = 0; i < checked; ++i) {
    const Index query = i * (outputs.rows() - 1) / (checked - 1);
    const Vector output = outputs.row(query).transpose().cast<double>();
    error = std::max(error, (output - attend_one(arrays, query)).cwiseAbs().maxCoeff());
  }
  return error;
}

double error_of(const Moments& moments, const Arrays& arrays) {
  Rows<double> outputs(arrays.queries.rows(), arrays.values.cols());
  for (Index query = 0; query < outputs.rows(); ++query) outputs.row(query) = attend_one(arrays, query);
  const Vector mean = outputs.colwise().mean();
  outputs.rowwise() -= mean.transpose();
  Matrix covariance = Matrix::Zero(mean.size(), mean.size());
  for (Index query = 0; query < outputs.rows(); ++query) {
    covariance += outputs.row(query).transpose() * outputs.row(query);
  }
  covariance /= static_cast<double>(outputs.rows());
  return std::max((moments.mean - mean).cwiseAbs().maxCoeff(),
                  (moments.covariance - covariance).cwiseAbs().maxCoeff());
}

double error_of(const Contestant& contestant, const Arrays& arrays) {
  double error = 0;
  if (contestant.outputs != nullptr) error = std::max(error, error_of(*contestant.outputs, arrays));
  if (contestant.moments != nullptr) error = std::max(error, error_of(*contestant.moments, arrays));
  return error;
}

struct Times {
  double milliseconds;
  double processor_milliseconds;
};

/// Of the run with the median time, of as many as fill those seconds.
Times measure(const std::function<void()>& run, double seconds) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  std::vector<Times> runs;
  Clock::time_point now = start;
  do {
    const Clock::time_point begin = now;
    const std::clock_t processor_begin = std::clock();
    run();
    const std::clock_t processor = std::clock() - processor_begin;
    now = Clock::now();
    runs.push_back({.milliseconds = std::chrono::duration<double, std::milli>(now - begin).count(),
                    .processor_milliseconds = 1000.0 * static_cast<double>(processor) / CLOCKS_PER_SEC});
  } while (std::chrono::duration<double>(now - start).count() < seconds);
  const auto middle = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
  std::ranges::nth_element(runs, middle, {}, &Times::milliseconds);
  return *middle;
}

double peak_memory() {
  constexpr std::string_view name = "VmHWM:";
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return 1024 * std::strtod(line.c_str() + name.size(), nullptr);
  }
  return 0;
}

}  // namespace

int take_part(const MakeContestant& make) {
  try {
    const std::optional<Json> wanted = read_line();
    if (!wanted) throw std::runtime_error("no workload came");
    const Workload workload{.kind = wanted->at("kind"),
                            .n = wanted->at("n"),
                            .d = wanted->at("d"),
                            .threads = wanted->at("threads")};
    const Index n = workload.kind == "peak" ? 0 : workload.n;
    const Arrays arrays{.queries = normal_rows(n, workload.d, 1),
                        .keys = normal_rows(n, workload.d, 2),
                        .values = normal_rows(n, workload.d, 3)};
    const Contestant contestant = make(workload, arrays);
    contestant.run();
    const double memory = peak_memory();
    write_line({{"contestant", contestant.name}, {"error", error_of(contestant, arrays)}});
    while (const std::optional<Json> turn = read_line()) {
      const Times times = measure(contestant.run, turn->at("seconds"));
      write_line({{"milliseconds", times.milliseconds},
                  {"processor_milliseconds", times.processor_milliseconds},
                  {"peak_memory", memory}});
    }
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}

}  // namespace asymptoken::benchmarks
