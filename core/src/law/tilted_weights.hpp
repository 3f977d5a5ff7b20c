#pragma once

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// log of `average` = sum_j p_j e^{l_j}, given `excess` = sum_j p_j (e^{l_j} - 1) too, which is exact where the average is
/// near 1.
double log_average(double average, double excess);

/// Probabilities p_j tilted by logits l_j.
struct TiltedWeights {
  Vector weights;      ///< p_j e^{l_j} over their sum
  double log_average;  ///< log sum_j p_j e^{l_j}
};

/// The logits are relative to the largest: none is above 0, one is 0.
TiltedWeights tilted_weights(const Vector& probabilities, const Vector& logits);

}  // namespace asymptoken::detail
