#pragma once

#include "asymptoken/matrix.hpp"

namespace asymptoken::benchmarks {

/// What is measured is x W'.
struct LinearProblem {
  Rows<float> x;  ///< rows x inputs
  Rows<float> W;  ///< outputs x inputs
};

/// Standard normal numbers.
LinearProblem normal_linear(Index rows, Index inputs, Index outputs);

/// The largest difference to float64 in eight rows, as a fraction of what float32 sums may be off in whatever order.
double error_of(const Rows<float>& y, const LinearProblem& problem);

}  // namespace asymptoken::benchmarks
