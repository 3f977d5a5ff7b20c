#include <algorithm>
#include <string>

#include "asymptoken/error.hpp"
#include "experiment/type.hpp"

namespace asymptoken {

Execution::Execution(const Plan& plan, std::size_t item, Compute compute) {
  if (item >= plan.items().size()) {
    throw Error("item", std::to_string(item), "a number below " + std::to_string(plan.items().size()));
  }
  compute.deterministic = plan.spec().deterministic;
  const Item& which = plan.items()[item];
  steps_ = experiment_type(plan.spec().experiment).start(*plan.contents_, which, compute);
  steps_->work_total = which.work;
}

Execution::~Execution() = default;
Execution::Execution(Execution&&) noexcept = default;
Execution& Execution::operator=(Execution&&) noexcept = default;

bool Execution::advance(double work) {
  while (!steps_->finished && work > 0) {
    const double done = steps_->advance(work);
    steps_->work_done += done;
    work -= done;
  }
  return steps_->finished;
}

double Execution::fraction_done() const {
  return steps_->finished ? 1.0 : std::min(1.0, steps_->work_done / steps_->work_total);
}

const std::vector<double>& Execution::values() const {
  if (!steps_->finished) {
    throw Error("item", "under way", "a finished item");
  }
  return steps_->values;
}

std::vector<double> execute(const Plan& plan, std::size_t item, Compute compute) {
  Execution execution(plan, item, compute);
  while (!execution.advance(plan.items()[item].work)) {
  }
  return execution.values();
}

}  // namespace asymptoken
