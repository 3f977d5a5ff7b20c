#include "asymptoken/job.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "asymptoken/error.hpp"

namespace asymptoken {

bool Execution::advance(double work) {
  while (!finished_ && work > 0) {
    const double done = step(work);
    work_done_ += done;
    work -= done;
  }
  return finished_;
}

double Execution::fraction_done() const { return finished_ ? 1.0 : std::min(1.0, work_done_ / work_); }

const std::vector<double>& Execution::values() const {
  if (!finished_) {
    throw Error("item", "under way", "a finished item");
  }
  return values_;
}

void Execution::finish(std::vector<double> values) {
  values_ = std::move(values);
  finished_ = true;
}

void Job::lay_out(const std::vector<std::vector<double>>& stages) {
  for (const std::vector<double>& works : stages) {
    works_.insert(works_.end(), works.begin(), works.end());
    stage_ends_.push_back(works_.size());
    missing_.push_back(works.size());
    for (const double work : works) {
      total_work_ += work;
    }
  }
  done_.resize(works_.size());
}

std::size_t Job::preliminary_items() const {
  return stage_ends_.size() < 2 ? 0 : stage_ends_[stage_ends_.size() - 2];
}

std::size_t Job::startable() const {
  for (std::size_t stage = 0; stage < missing_.size(); ++stage) {
    if (missing_[stage] > 0) {
      return stage_ends_[stage];
    }
  }
  return size();
}

void Job::add(std::size_t item, std::span<const double> values) {
  if (item >= size()) {
    throw Error("item", std::to_string(item), "a number below " + std::to_string(size()));
  }
  if (const std::size_t count = value_count(item); values.size() != count) {
    throw Error("number of values of item " + std::to_string(item), std::to_string(values.size()),
                std::to_string(count));
  }
  if (has(item)) {
    return;
  }
  done_[item] = true;
  ++items_done_;
  work_done_ += works_[item];
  const auto stage = std::ranges::upper_bound(stage_ends_, item) - stage_ends_.begin();
  --missing_[static_cast<std::size_t>(stage)];
  take(item, values);
}

void complete(Job& job, Compute compute) {
  for (std::size_t step = 0; step < job.preparation_steps(); ++step) {
    job.prepare(step, compute);
  }
  for (std::size_t item = 0; item < job.size(); ++item) {
    if (!job.has(item)) {
      const auto execution = job.start(item, compute);
      while (!execution->advance(job.work(item))) {
      }
      job.add(item, execution->values());
    }
  }
}

}  // namespace asymptoken
