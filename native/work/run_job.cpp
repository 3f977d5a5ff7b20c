#include "work/run_job.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

#include "work/interrupt.hpp"
#include "work/machine.hpp"
#include "work/parallel.hpp"

namespace asymptoken::native {

namespace {

// Multiply-adds between two looks at the stop flag: some 10 ms.
constexpr double slice = 1e8;

/// A run under way.
class Run {
 public:
  Run(Job& job, JobHost host, const ItemSink& on_finished)
      : job_(job),
        compute_(host.compute),
        threads_(host.threads),
        units_(host.units),
        on_finished_(on_finished),
        work_done_(job.work_done()),
        progress_(std::move(host.display), host.units, job.work_done() / job.total_work()) {}

  bool prepare() {
    for (std::size_t step = 0; step < job_.preparation_steps(); ++step) {
      if (!keep_going()) return false;
      job_.prepare(step, compute_);
    }
    return keep_going();
  }

  /// Stage by stage: the items of one wait for those before.
  bool execute(std::size_t end) {
    while (true) {
      std::vector<std::size_t> missing;
      for (std::size_t item = 0; item < std::min(job_.startable(), end); ++item) {
        if (!job_.has(item)) missing.push_back(item);
      }
      if (missing.empty()) return true;
      const auto work = [&](std::size_t index, const std::atomic<bool>& stop) {
        execute_item(missing[index], stop);
      };
      const auto on_fewer = [this](unsigned started) { go_on_with(started); };
      if (!run_parallel(missing.size(), threads_, work, [this] { return keep_going(); }, on_fewer))
        return false;
    }
  }

  double finish() {
    progress_.finish(fraction(), units_done());
    return progress_.seconds();
  }

 private:
  void execute_item(std::size_t item, const std::atomic<bool>& stop) {
    const auto execution = job_.start(item, compute_);
    double counted = 0;
    for (bool finished = false; !finished;) {
      if (stop) return;
      finished = execution->advance(slice);
      const double reached = job_.work(item) * (finished ? 1 : execution->fraction_done());
      work_done_ += reached - counted;
      counted = reached;
    }
    const std::scoped_lock lock(mutex_);
    job_.add(item, execution->values());
    if (on_finished_) on_finished_(item, execution->values());
    items_done_ = job_.items_done();
  }

  // A later stage does not ask for the others again.
  void go_on_with(unsigned started) {
    threads_ = std::max(started, 1U);
    note("the system gives " + std::to_string(threads_) + (threads_ == 1 ? " thread only" : " threads only"));
  }

  bool keep_going() {
    progress_.update(fraction(), units_done());
    return interrupt_signal() == 0;
  }

  double fraction() const { return work_done_ / job_.total_work(); }
  std::int64_t units_done() const {
    return units_ == static_cast<std::int64_t>(job_.size())
               ? static_cast<std::int64_t>(items_done_)
               : static_cast<std::int64_t>(fraction() * static_cast<double>(units_));
  }

  Job& job_;
  Compute compute_;
  unsigned threads_;
  std::int64_t units_;
  const ItemSink& on_finished_;
  std::mutex mutex_;
  std::atomic<double> work_done_;
  std::atomic<std::size_t> items_done_ = job_.items_done();
  Progress progress_;
};

}  // namespace

JobOutcome run_job(Job& job, JobHost host, std::size_t end, const ItemSink& on_finished) {
  const std::size_t fitting = job.items_that_fit(usable_memory());
  if (fitting < host.threads) {
    host.threads = static_cast<unsigned>(fitting);
    note("memory suffices for " + std::to_string(fitting) +
         (fitting == 1 ? " thread only" : " threads only"));
  }
  Run run(job, std::move(host), on_finished);
  const bool is_complete = run.prepare() && run.execute(end);
  return {.is_complete = is_complete, .seconds = run.finish()};
}

void note(const std::string& line) { std::fprintf(stderr, "asymptoken: %s\n", line.c_str()); }

}  // namespace asymptoken::native
