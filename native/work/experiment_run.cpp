#include "work/experiment_run.hpp"

#include <atomic>
#include <mutex>
#include <vector>

#include "asymptoken/error.hpp"
#include "work/interrupt.hpp"
#include "work/machine.hpp"
#include "work/parallel.hpp"

namespace asymptoken::native {

namespace {

// Multiply-adds between two looks at the stop flag: some 10 ms.
constexpr double slice = 1e8;

}  // namespace

FittingPlan plan_that_fits(const Spec& spec, unsigned threads) {
  while (true) {
    try {
      return {Plan(spec, usable_memory() / threads), threads};
    } catch (const Error&) {
      if (threads == 1) throw;
      threads /= 2;
    }
  }
}

bool run_items(const Plan& plan, Merger& merger, Compute compute, unsigned threads, Progress& progress,
               const std::function<void(std::size_t, std::span<const double>)>& on_finished) {
  std::vector<std::size_t> missing;
  for (std::size_t item = 0; item < plan.items().size(); ++item) {
    if (!merger.has(item)) missing.push_back(item);
  }

  std::mutex mutex;
  std::atomic<double> work_done = merger.work_done();
  std::atomic<std::size_t> items_done = merger.items_done();
  const auto fraction = [&] { return work_done / plan.total_work(); };

  const auto work = [&](std::size_t index, const std::atomic<bool>& stop) {
    const std::size_t item = missing[index];
    Execution execution(plan, item, compute);
    double counted = 0;
    for (bool finished = false; !finished;) {
      if (stop) return;
      finished = execution.advance(slice);
      const double reached = plan.items()[item].work * (finished ? 1 : execution.fraction_done());
      work_done += reached - counted;
      counted = reached;
    }
    const std::scoped_lock lock(mutex);
    merger.add(item, execution.values());
    on_finished(item, merger.values(item));
    ++items_done;
  };
  const auto keep_going = [&] {
    progress.update(fraction(), static_cast<std::int64_t>(items_done));
    return interrupt_signal() == 0;
  };

  progress.update(fraction(), static_cast<std::int64_t>(items_done));
  const bool complete = run_parallel(missing.size(), threads, work, keep_going);
  progress.finish(fraction(), static_cast<std::int64_t>(items_done));
  return complete;
}

}  // namespace asymptoken::native
