#pragma once

#include <vector>

#include "experiment/experiment.hpp"
#include "experiment/hardmax/logits.hpp"

namespace asymptoken {

/// What temperatures are counted in. The logits of query x are <A x, y> / T, so T is 1/lambda.
enum class TemperatureUnit : std::uint8_t {
  fixed,  ///< 1: the same temperature at every n
  critical,  ///< sigma_x / sqrt(2 ln n), sigma_x the standard deviation of <A x, y>: the random-energy picture, b = 1/T
  logarithmic,  ///< (largest <A x, y> - smallest <A x, y>) / ln n, on bounded laws: on the sphere 2 R |A x| / ln n
};

/// What only this experiment has.
struct HardmaxParameters {
  HardmaxLogits logits;
  std::vector<double> temperatures;  ///< ascending; 0 is hardmax attention itself
  TemperatureUnit unit;

  void check_tokens(const Spec& spec) const;
  /// The inverse temperature at n; infinite for temperature 0.
  double lambda(double temperature, double n) const;
};

/// What theory says of the curve at that temperature.
std::vector<Prediction> hardmax_predictions(const Spec& spec, const HardmaxParameters& parameters,
                                            double temperature);

}  // namespace asymptoken
