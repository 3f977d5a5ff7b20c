#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "asymptoken/experiment.hpp"
#include "work/progress.hpp"

namespace asymptoken::native {

/// A plan, and how many of its items fit into memory at once.
struct FittingPlan {
  Plan plan;
  unsigned threads;
};

/// Plans within what this machine has, with fewer threads where that is what it takes. Throws Error, naming the
/// amount, when not even one item fits.
FittingPlan plan_that_fits(const Spec& spec, unsigned threads);

/// Executes the items that `merger` lacks, in threads. `on_finished` hears of each as it is done, one at a time.
/// Returns false when a signal came first; what is finished then is in `merger`.
bool run_items(const Plan& plan, Merger& merger, Compute compute, unsigned threads, Progress& progress,
               const std::function<void(std::size_t, std::span<const double>)>& on_finished);

}  // namespace asymptoken::native
