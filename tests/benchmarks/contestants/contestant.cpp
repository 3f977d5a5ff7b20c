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

double verified_error(const Contestant& contestant, const Arrays& arrays) {
  double error = 0;
  if (contestant.outputs != nullptr) error = std::max(error, error_of(*contestant.outputs, arrays));
  if (contestant.moments != nullptr) {
    const double scale = 1 / std::sqrt(static_cast<double>(arrays.keys.cols()));
    const Moments exact = exact_moments(arrays.queries, arrays.keys, arrays.values, scale);
    error = std::max(error, error_of(*contestant.moments, exact));
  }
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
                            .queries = wanted->value("queries", wanted->at("n").get<Index>()),
                            .threads = wanted->at("threads")};
    const bool has_arrays = workload.kind != "peak";
    const Arrays arrays = has_arrays ? normal_arrays(workload.queries, workload.n, workload.d) : Arrays{};
    const Contestant contestant = make(workload, arrays);
    contestant.run();
    const double memory = peak_memory();
    write_line({{"contestant", contestant.name}, {"error", verified_error(contestant, arrays)}});
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
