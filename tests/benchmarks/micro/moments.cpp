#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "asymptoken/experiment.hpp"
#include "asymptoken/limit.hpp"
#include "micro/measured.hpp"
#include "problem.hpp"

// One replicate of the `moments` experiment at d = 50: what sampling takes of it, and what many scales at once save.

namespace asymptoken::benchmarks {

namespace {

using Json = nlohmann::json;

constexpr double largest_scale = 4;

/// Prepared, with one item: the replicate.
std::unique_ptr<ExperimentJob> job_of(Index n, const std::vector<double>& scales) {
  const Json spec = {{"experiment", "moments"},
                     {"law", {{"type", "gaussian"}, {"dimension", 50}, {"covariance", 0.1}}},
                     {"attention", {{"weights", "random"}, {"seed", 7}, {"scales", scales}}},
                     {"tokens", n},
                     {"replicates", 1}};
  auto job = std::make_unique<ExperimentJob>(parse_spec(spec.dump()));
  for (std::size_t step = 0; step < job->preparation_steps(); ++step) job->prepare(step, {});
  return job;
}

/// What the replicate measures.
std::vector<double> execute(const ExperimentJob& job) {
  const auto execution = job.start(0, {});
  while (!execution->advance(job.work(0))) {
  }
  return execution->values();
}

std::vector<double> scales(Index count) {
  std::vector<double> scales;
  for (Index i = 1; i <= count; ++i) {
    scales.push_back(largest_scale * static_cast<double>(i) / static_cast<double>(count));
  }
  return scales;
}

Rows<float> tokens_of(const ExperimentJob& job) {
  const Spec& spec = job.spec();
  Rows<float> tokens(spec.tokens.front(), spec.law->dimension());
  spec.law->sample(Stream::of(spec.seed, StreamPurpose::tokens), 0, tokens);
  return tokens;
}

/// The errors of the last head's mean and covariance against float64 from the definition.
void verify(const ExperimentJob& job, const std::vector<double>& values) {
  const Spec& spec = job.spec();
  const Rows<double> tokens = tokens_of(job).cast<double>();
  const AttentionForm& form = spec.attention.heads.back().form;
  const Moments exact =
      exact_moments<double>(tokens * form.A.transpose(), tokens, tokens * form.V.transpose(), 1);
  const Moments limit = transformed_moments(*spec.law, form);
  const std::vector<std::pair<const char*, double>> expected = {
      {"mean", (exact.mean - limit.mean).norm()},
      {"covariance", (exact.covariance - limit.covariance).norm()}};
  const std::span last = std::span(values).last(job.outline().metrics.size());
  for (const auto& [metric, error] : expected) {
    const double found = last[metric_index(job.outline(), metric)];
    require_error_below(1e-5, std::abs(found / error - 1), metric);
  }
}

void one_pass(benchmark::State& state) {
  const auto together = job_of(state.range(0), scales(state.range(1)));
  std::vector<double> values;
  for (auto _ : state) values = execute(*together);
  verify(*together, values);
}

void a_pass_each(benchmark::State& state) {
  std::vector<std::unique_ptr<ExperimentJob>> jobs;
  for (const double scale : scales(state.range(1))) jobs.push_back(job_of(state.range(0), {scale}));
  std::vector<double> values;
  for (auto _ : state) {
    for (const auto& each : jobs) values = execute(*each);
  }
  verify(*jobs.back(), values);
}

void arguments(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"n", "scales"})->Args({2048, 12})->Unit(benchmark::kMillisecond);
}
BENCHMARK(one_pass)->Name("moments/one_pass")->Apply(arguments);
BENCHMARK(a_pass_each)->Name("moments/a_pass_each")->Apply(arguments);

// Sampling is timed by itself; its share is that of the whole replicate.
void sampling_share(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  const auto one = job_of(state.range(0), {largest_scale});
  std::vector<double> values;
  double whole = 0;
  double sampling = 0;
  for (auto _ : state) {
    const Clock::time_point start = Clock::now();
    values = execute(*one);
    const Clock::time_point middle = Clock::now();
    benchmark::DoNotOptimize(tokens_of(*one));
    whole += std::chrono::duration<double>(middle - start).count();
    sampling += std::chrono::duration<double>(Clock::now() - middle).count();
  }
  // At n = 30000 the definition takes half a minute; the same code is verified at 2048.
  if (state.range(0) <= 2048) verify(*one, values);
  state.counters["sampling_share"] = sampling / whole;
}
BENCHMARK(sampling_share)
    ->Name("moments/sampling")
    ->ArgName("n")
    ->Arg(2048)
    ->Arg(30000)
    ->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace asymptoken::benchmarks
