#pragma once

#include <optional>

#include "asymptoken/law.hpp"

namespace asymptoken {

/// The logits <t, y> of one query x of attention A, t = A x, before any temperature.
struct HardmaxLogits {
  Vector tilt;
  double mean;
  double deviation;                       ///< sigma_x
  std::optional<SupportMaximum> maximum;  ///< on bounded laws
  double height;                          ///< largest less mean on bounded laws, else the deviation
  double range;                           ///< largest less smallest; infinite on other laws

  HardmaxLogits(const Law& law, const Vector& tilt);

  /// What the gap at n is a share of: how far the largest of n logits may lie above the mean. The height, and on unbounded
  /// laws sqrt(2 ln n) deviations.
  double reach(double n) const;
};

/// sqrt(2 ln n): how far the largest of n normal variates lies out, to leading order.
double typical_maximum(double n);

}  // namespace asymptoken
