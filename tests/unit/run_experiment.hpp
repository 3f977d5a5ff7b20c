#pragma once

#include <string>

#include "asymptoken/experiment.hpp"

namespace asymptoken {

inline Plan plan_of(const std::string& json) { return Plan(parse_spec(json)); }

inline void add_all(Merger& merger, const Plan& plan, Compute compute = {}) {
  for (std::size_t item = 0; item < plan.items().size(); ++item) {
    merger.add(item, execute(plan, item, compute));
  }
}

/// Every item, one after the other.
inline Result run(const Plan& plan, Compute compute = {}) {
  Merger merger(plan);
  add_all(merger, plan, compute);
  return merger.result();
}

inline Result run(const std::string& json) { return run(plan_of(json)); }

}  // namespace asymptoken
