#pragma once

#include <optional>

#include "asymptoken/spec.hpp"

namespace asymptoken {

/// The logits <A x, y> of the one query of `hardmax`, before any temperature.
struct HardmaxLogits {
  Vector tilt;  ///< A x
  double mean;
  double deviation;                       ///< sigma_x
  std::optional<SupportMaximum> maximum;  ///< on bounded laws
  double height;                          ///< largest less mean on bounded laws, else the deviation

  explicit HardmaxLogits(const Spec& spec);

  /// What the gap at n is a share of: how far the largest of n logits may lie above the mean. The height, and on unbounded
  /// laws sqrt(2 ln n) deviations.
  double reach(double n) const;
  /// The inverse temperature at n; infinite for temperature 0.
  double lambda(const Spec& spec, double temperature, double n) const;

 private:
  double range(const Law& law) const;
};

}  // namespace asymptoken
