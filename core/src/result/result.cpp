#include "asymptoken/result.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "asymptoken/error.hpp"

namespace asymptoken {

std::string_view name_of(TrendKind kind) {
  switch (kind) {
    case TrendKind::slope:
      return "slope";
    case TrendKind::constant:
      return "constant";
    case TrendKind::value:
      break;
  }
  return "value";
}

std::string_view name_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::slope:
      return "slope";
    case Quantity::constant:
      return "constant";
    case Quantity::limit:
      break;
  }
  return "limit";
}

double Estimate::standard_error() const { return standard_deviation / std::sqrt(static_cast<double>(count)); }

Estimate reciprocal(const Estimate& estimate) {
  const double mean = 1.0 / estimate.mean;
  return {
      .mean = mean, .standard_deviation = estimate.standard_deviation * mean * mean, .count = estimate.count};
}

std::size_t metric_index(const Result& result, std::string_view id) {
  const auto found = std::ranges::find(result.metrics, id, &Metric::id);
  if (found == result.metrics.end()) {
    throw Error("metric", id, "a metric of this result");
  }
  return static_cast<std::size_t>(found - result.metrics.begin());
}

const ParameterValue* find_parameter(const Result& result, const Curve& curve, std::string_view id) {
  const auto found = std::ranges::find(result.parameters, id, &Parameter::id);
  return found == result.parameters.end()
             ? nullptr
             : &curve.parameters[static_cast<std::size_t>(found - result.parameters.begin())];
}

double slope_standard_error(const Curve& curve, std::size_t metric) {
  const std::optional<PowerLawFit>& fit = curve.fits[metric];
  const std::optional<SlopeInterval>& interval = curve.intervals[metric];
  if (interval) {
    return interval->standard_error;
  }
  return fit ? fit->slope_standard_error : 0.0;
}

std::optional<double> slope_excess(const Curve& curve, std::size_t metric, const Prediction& prediction) {
  if (prediction.quantity != Quantity::slope) {
    return std::nullopt;
  }
  const std::optional<PowerLawFit>& fit = curve.fits[metric];
  const double error = slope_standard_error(curve, metric);
  // An error of rounding size is none to count in.
  if (!fit || !(error > 1e-12 * std::max(1.0, std::abs(fit->slope)))) {
    return std::nullopt;
  }
  return (fit->slope - prediction.value) / error;
}

namespace {

/// Where on the x axis; nothing where the curve has no place there.
std::optional<double> place_of(const Result& result, const Trend& trend, const Curve& curve) {
  const ParameterValue* value = find_parameter(result, curve, trend.parameter);
  const double* number = value == nullptr ? nullptr : std::get_if<double>(value);
  if (number == nullptr || (trend.has_reciprocal_x && *number == 0.0)) {
    return std::nullopt;
  }
  return trend.has_reciprocal_x ? 1.0 / *number : *number;
}

struct Height {
  double value;
  std::optional<double> standard_error;
};

std::optional<Height> slope_height(const Curve& curve, std::size_t metric, double sign) {
  const std::optional<PowerLawFit>& fit = curve.fits[metric];
  if (!fit) {
    return std::nullopt;
  }
  return Height{-sign * fit->slope, slope_standard_error(curve, metric)};
}

std::optional<Height> last_height(const Curve& curve, std::size_t metric, bool is_reciprocal,
                                  TrendKind kind) {
  if (curve.points.empty()) {
    return std::nullopt;
  }
  const Point& last = curve.points.back();
  const std::optional<Estimate>& measured = last.metrics[metric];
  if (!measured) {
    return std::nullopt;
  }
  const Estimate shown = is_reciprocal ? reciprocal(*measured) : *measured;
  const double factor = kind == TrendKind::constant ? std::sqrt(static_cast<double>(last.n)) : 1.0;
  return Height{factor * shown.mean,
                shown.count > 1 ? std::optional(factor * shown.standard_error()) : std::nullopt};
}

}  // namespace

std::vector<TrendPoint> trend_points(const Result& result, const Trend& trend) {
  std::vector<TrendPoint> points;
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    const Curve& curve = result.curves[c];
    const auto x = place_of(result, trend, curve);
    for (const std::string& id : trend.metrics) {
      const std::size_t metric = metric_index(result, id);
      const bool is_reciprocal = result.metrics[metric].reciprocal.has_value();
      const auto height = trend.kind == TrendKind::slope
                              ? slope_height(curve, metric, is_reciprocal ? -1.0 : 1.0)
                              : last_height(curve, metric, is_reciprocal, trend.kind);
      if (x && height) {
        points.push_back({.curve = c,
                          .metric = id,
                          .x = *x,
                          .y = height->value,
                          .standard_error = height->standard_error});
      }
    }
  }
  return points;
}

std::string_view version() { return ASYMPTOKEN_VERSION; }

}  // namespace asymptoken
