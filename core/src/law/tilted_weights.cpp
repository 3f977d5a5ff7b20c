#include "law/tilted_weights.hpp"

#include "special/portable.hpp"

namespace asymptoken::detail {

double log_average(double average, double excess) {
  return excess > -0.5 ? portable_log1p(excess) : portable_log(average);
}

TiltedWeights tilted_weights(const Vector& probabilities, const Vector& logits) {
  double average = 0.0;
  double excess = 0.0;
  Vector weights(probabilities.size());
  for (Index j = 0; j < weights.size(); ++j) {
    weights[j] = probabilities[j] * portable_exp(logits[j]);
    average += weights[j];
    excess += probabilities[j] * portable_expm1(logits[j]);
  }
  return {.weights = weights / average, .log_average = log_average(average, excess)};
}

}  // namespace asymptoken::detail
