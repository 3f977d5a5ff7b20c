#pragma once

#include <optional>
#include <span>
#include <vector>

#include "asymptoken/fit.hpp"

namespace asymptoken::detail {

/// A point on log-log axes.
struct LogPoint {
  std::size_t index;  ///< in the caller's list
  double x;
  double y;
  double weight;
};

/// The weighted least-squares line, and the sums that it and its standard errors are made of.
struct Line {
  std::vector<LogPoint> points;
  double weights = 0.0;  ///< sum of w
  double mean_x = 0.0;   ///< weighted
  double xx = 0.0;       ///< sum of w (x - mean_x)^2
  double mean_y = 0.0;   ///< weighted
  double slope = 0.0;

  /// a of slope = sum_i a_i log mean_i
  double slope_share(const LogPoint& point) const { return point.weight * (point.x - mean_x) / xx; }
};

/// Through the points that are usable; nothing when fewer than three are or all lie at one n.
std::optional<Line> line_through(std::span<const FitPoint> points, FitWeights weights);

}  // namespace asymptoken::detail
