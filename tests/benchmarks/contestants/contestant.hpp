#pragma once

#include <functional>
#include <string>

#include "problem.hpp"

namespace asymptoken::benchmarks {

/// What a contestant is asked to do: queries attend to n keys, one head, scale 1/sqrt(d).
struct Workload {
  /// `attention`: the outputs. `moments`: their mean and population covariance. `peak`: 4 n^2 d floating-point operations
  /// in registers.
  std::string kind;
  Index n = 0;
  Index d = 0;
  Index queries = 0;  ///< n of them unless the workload says otherwise
  unsigned threads = 1;
};

struct Contestant {
  std::string name;
  /// What is timed.
  std::function<void()> run;
  /// Where `run` leaves its outputs, queries x d; null when it makes none.
  const Rows<float>* outputs = nullptr;
  /// Where `run` leaves the outputs' moments; null when it makes none.
  const Moments* moments = nullptr;
};

/// The contestant that solves a workload on those arrays, which live as long as it does.
using MakeContestant = std::function<Contestant(const Workload&, const Arrays&)>;

/// Takes part in a comparison over standard input and output, one JSON document a line:
///
///   in   {"kind", "n", "d", "threads"}, perhaps {"queries"}: the workload
///   out  {"contestant", "error"}: its name, and the largest absolute difference to float64 in eight outputs or in all moments
///   in   {"seconds"}
///   out  {"milliseconds", "processor_milliseconds"} of the median of as many runs as fill that time; {"peak_memory"} in bytes
///
/// and so on until the input ends. Returns the exit code.
int take_part(const MakeContestant& make);

}  // namespace asymptoken::benchmarks
