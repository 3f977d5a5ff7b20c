#include <algorithm>
#include <cmath>
#include <vector>

#include "asymptoken/fit.hpp"
#include "special/log.hpp"

namespace asymptoken {

namespace {

/// A point on log-log axes.
struct LogPoint {
  double x;
  double y;
  double weight;
};

/// The usable points, the largest weight scaled to 1: only ratios of weights count.
std::vector<LogPoint> usable_points(std::span<const FitPoint> points) {
  std::vector<LogPoint> usable;
  double largest = 0.0;
  for (const FitPoint& point : points) {
    // log(error) has the standard error (standard_deviation / sqrt(count)) / mean, to first order.
    const double precision =
        point.mean / point.standard_deviation * std::sqrt(static_cast<double>(point.count));
    if (std::isnormal(point.n) && point.n > 0.0 && std::isnormal(point.mean) && point.mean > 0.0 &&
        point.standard_deviation > 0.0 && point.count > 0 && std::isfinite(precision) && precision > 0.0) {
      usable.push_back({.x = portable_log(point.n), .y = portable_log(point.mean), .weight = precision});
      largest = std::max(largest, precision);
    }
  }
  for (LogPoint& point : usable) {
    point.weight = (point.weight / largest) * (point.weight / largest);
  }
  return usable;
}

}  // namespace

std::optional<PowerLawFit> fit_power_law(std::span<const FitPoint> points) {
  const std::vector<LogPoint> usable = usable_points(points);
  constexpr std::size_t fewest = 3;
  if (usable.size() < fewest) {
    return std::nullopt;
  }
  double weights = 0.0;
  double mean_x = 0.0;
  double mean_y = 0.0;
  for (const LogPoint& point : usable) {
    weights += point.weight;
    mean_x += point.weight * point.x;
    mean_y += point.weight * point.y;
  }
  mean_x /= weights;
  mean_y /= weights;
  double xx = 0.0;
  double xy = 0.0;
  for (const LogPoint& point : usable) {
    xx += point.weight * (point.x - mean_x) * (point.x - mean_x);
    xy += point.weight * (point.x - mean_x) * (point.y - mean_y);
  }
  if (!(xx > 0.0)) {
    return std::nullopt;  // all at one n
  }
  const double slope = xy / xx;
  double residuals = 0.0;
  for (const LogPoint& point : usable) {
    const double residual = (point.y - mean_y) - slope * (point.x - mean_x);
    residuals += point.weight * residual * residual;
  }
  const double variance = residuals / static_cast<double>(usable.size() - 2);
  return PowerLawFit{.slope = slope,
                     .slope_se = std::sqrt(variance / xx),
                     .intercept = mean_y - slope * mean_x,
                     .intercept_se = std::sqrt(variance * (1.0 / weights + mean_x * mean_x / xx)),
                     .points = static_cast<std::int64_t>(usable.size())};
}

}  // namespace asymptoken
