#pragma once

#include <memory>
#include <string>

#include "asymptoken/experiment.hpp"

namespace asymptoken {

/// Prepared, and with its preliminary items, so that replicates can be executed.
inline std::unique_ptr<ExperimentJob> job_of(const Spec& spec, Compute compute = {}) {
  auto job = std::make_unique<ExperimentJob>(spec);
  for (std::size_t step = 0; step < job->preparation_steps(); ++step) {
    job->prepare(step, compute);
  }
  for (std::size_t item = 0; item < job->preliminary_items(); ++item) {
    const auto execution = job->start(item, compute);
    while (!execution->advance(1e18)) {
    }
    job->add(item, execution->values());
  }
  return job;
}

inline std::unique_ptr<ExperimentJob> job_of(const std::string& json) { return job_of(parse_spec(json)); }

/// Replicate number i, not yet under way.
inline std::unique_ptr<Execution> start(const ExperimentJob& job, std::size_t i, Compute compute = {}) {
  return job.start(job.preliminary_items() + i, compute);
}

/// Of replicate number i.
inline std::vector<double> execute(const ExperimentJob& job, std::size_t i, Compute compute = {}) {
  const auto execution = start(job, i, compute);
  while (!execution->advance(1e18)) {
  }
  return execution->values();
}

/// Every item, one after the other.
inline Result run(const std::string& json, Compute compute = {}) {
  ExperimentJob job(parse_spec(json));
  complete(job, compute);
  return job.result();
}

inline double number(const Result& result, const Curve& curve, std::string_view parameter) {
  return std::get<double>(*find_parameter(result, curve, parameter));
}

}  // namespace asymptoken
