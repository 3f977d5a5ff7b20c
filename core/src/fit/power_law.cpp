#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "asymptoken/error.hpp"
#include "asymptoken/fit.hpp"
#include "fit/line.hpp"
#include "special/log.hpp"

namespace asymptoken {

using detail::Line;
using detail::LogPoint;

namespace {

/// The usable points, the largest weight scaled to 1: only ratios of weights count.
std::vector<LogPoint> usable_points(std::span<const FitPoint> points, FitWeights weights) {
  std::vector<LogPoint> usable;
  double largest = 0.0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const FitPoint& point = points[i];
    // log(error) has the standard error (standard_deviation / sqrt(count)) / mean, to first order.
    const double precision =
        point.mean / point.standard_deviation * std::sqrt(static_cast<double>(point.count));
    const bool has_place = std::isnormal(point.n) && point.n > 0.0 && std::isnormal(point.mean) &&
                           point.mean > 0.0 && point.count > 0;
    if (has_place && (weights == FitWeights::equal || (std::isfinite(precision) && precision > 0.0))) {
      usable.push_back(
          {.index = i, .x = portable_log(point.n), .y = portable_log(point.mean), .weight = precision});
      largest = std::max(largest, precision);
    }
  }
  for (LogPoint& point : usable) {
    point.weight = weights == FitWeights::equal ? 1.0 : (point.weight / largest) * (point.weight / largest);
  }
  return usable;
}

PowerLawFit fit_of(const Line& line, double slope_variance, double intercept_variance) {
  return {.slope = line.slope,
          .slope_standard_error = std::sqrt(slope_variance),
          .intercept = line.mean_y - line.slope * line.mean_x,
          .intercept_standard_error = std::sqrt(intercept_variance),
          .points = static_cast<std::int64_t>(line.points.size())};
}

}  // namespace

std::optional<Line> detail::line_through(std::span<const FitPoint> points, FitWeights weights) {
  Line line{.points = usable_points(points, weights)};
  constexpr std::size_t fewest = 3;
  if (line.points.size() < fewest) {
    return std::nullopt;
  }
  for (const LogPoint& point : line.points) {
    line.weights += point.weight;
    line.mean_x += point.weight * point.x;
    line.mean_y += point.weight * point.y;
  }
  line.mean_x /= line.weights;
  line.mean_y /= line.weights;
  double xy = 0.0;
  for (const LogPoint& point : line.points) {
    line.xx += point.weight * (point.x - line.mean_x) * (point.x - line.mean_x);
    xy += point.weight * (point.x - line.mean_x) * (point.y - line.mean_y);
  }
  if (!(line.xx > 0.0)) {
    return std::nullopt;  // all at one n
  }
  line.slope = xy / line.xx;
  return line;
}

std::string_view name_of(FitWeights weights) {
  return weights == FitWeights::equal ? "equal" : "inverse_variance";
}

std::optional<PowerLawFit> fit_power_law(std::span<const FitPoint> points, FitWeights weights) {
  const std::optional<Line> line = detail::line_through(points, weights);
  if (!line) {
    return std::nullopt;
  }
  double residuals = 0.0;
  for (const LogPoint& point : line->points) {
    const double residual = (point.y - line->mean_y) - line->slope * (point.x - line->mean_x);
    residuals += point.weight * residual * residual;
  }
  const double variance = residuals / static_cast<double>(line->points.size() - 2);
  return fit_of(*line, variance / line->xx,
                variance * (1.0 / line->weights + line->mean_x * line->mean_x / line->xx));
}

std::optional<PowerLawFit> fit_power_law(std::span<const FitPoint> points,
                                         std::span<const std::vector<double>> errors, FitWeights weights) {
  if (errors.size() != points.size()) {
    throw Error("number of points with errors", std::to_string(errors.size()), std::to_string(points.size()));
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (errors[i].size() != errors.front().size() || points[i].count != std::ssize(errors[i])) {
      throw Error("number of errors of point " + std::to_string(i), std::to_string(errors[i].size()),
                  "its count, the same for every point");
    }
  }
  const std::optional<Line> line = detail::line_through(points, weights);
  if (!line) {
    return std::nullopt;
  }
  // What each replicate adds to slope and intercept, to first order: the sums over its square are those over Cov_ij.
  double slope_squares = 0.0;
  double intercept_squares = 0.0;
  for (std::size_t replicate = 0; replicate < errors.front().size(); ++replicate) {
    double slope = 0.0;
    double intercept = 0.0;
    for (const LogPoint& point : line->points) {
      const double mean = points[point.index].mean;
      const double deviation = (errors[point.index][replicate] - mean) / mean;
      const double share = line->slope_share(point);
      slope += share * deviation;
      intercept += (point.weight / line->weights - line->mean_x * share) * deviation;
    }
    slope_squares += slope * slope;
    intercept_squares += intercept * intercept;
  }
  const auto replicates = static_cast<double>(errors.front().size());
  const double degrees = replicates * (replicates - 1.0);
  return fit_of(*line, slope_squares / degrees, intercept_squares / degrees);
}

}  // namespace asymptoken
