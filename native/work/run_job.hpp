#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "asymptoken/job.hpp"
#include "work/progress.hpp"

namespace asymptoken::native {

/// What a job is run with.
struct JobHost {
  Compute compute;
  unsigned threads;
  ProgressDisplayPointer display;
  std::int64_t units;  ///< what progress counts; its own items when there are as many
};

/// How a run ended.
struct JobOutcome {
  bool is_complete;  ///< false: a signal came first; what is finished by then is in the job
  double seconds;
};

/// Hears of each item as it is done, one at a time.
using ItemSink = std::function<void(std::size_t item, std::span<const double> values)>;

/// Prepares a job and executes its items up to `end` that it lacks, in threads: as many as were asked for and as memory
/// suffices for, which a note says when they are fewer. Throws Error when not even one item fits.
JobOutcome run_job(Job& job, JobHost host, std::size_t end, const ItemSink& on_finished = {});

/// A line on standard error.
void note(const std::string& line);

}  // namespace asymptoken::native
