#include <cmath>

#include "asymptoken/experiment.hpp"

namespace asymptoken {

namespace {

Estimate estimate(const std::vector<double>& samples) {
  double sum = 0;
  for (const double sample : samples) {
    sum += sample;
  }
  const auto count = static_cast<double>(samples.size());
  const double mean = sum / count;
  double squares = 0;
  for (const double sample : samples) {
    squares += (sample - mean) * (sample - mean);
  }
  return {.mean = mean,
          .standard_deviation = samples.size() > 1 ? std::sqrt(squares / (count - 1)) : 0.0,
          .count = static_cast<std::int64_t>(samples.size())};
}

/// The points of a metric; those that nothing was measured of count 0 replicates.
std::vector<FitPoint> fit_points(const Curve& curve, std::size_t metric) {
  std::vector<FitPoint> points;
  for (const Point& point : curve.points) {
    const Estimate error = point.metrics[metric].value_or(Estimate{});
    points.push_back({.n = static_cast<double>(point.n),
                      .mean = error.mean,
                      .standard_deviation = error.standard_deviation,
                      .count = error.count});
  }
  return points;
}

}  // namespace

Result ExperimentJob::result(Intervals intervals) const {
  Result result = outline_;
  result.items_done = static_cast<std::int64_t>(items_done());
  const std::size_t metrics = result.metrics.size();
  const std::size_t points = spec_.tokens.size();
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    Curve& curve = result.curves[c];
    for (std::size_t metric = 0; metric < metrics; ++metric) {
      std::vector<std::vector<double>> samples(points);
      for (std::size_t i = 0; i < replicates_.size(); ++i) {
        for (std::size_t k = 0; !values_[i].empty() && k < replicates_[i].points; ++k) {
          const double value = values_[i][(k * result.curves.size() + c) * metrics + metric];
          if (!std::isnan(value)) {
            samples[replicates_[i].first_point + k].push_back(value);
          }
        }
      }
      for (std::size_t point = 0; point < points; ++point) {
        if (!samples[point].empty()) {
          curve.points[point].metrics[metric] = estimate(samples[point]);
        }
      }
      const std::vector<FitPoint> fitted = fit_points(curve, metric);
      curve.fits[metric] = result.points_share_tokens ? fit_power_law(fitted, samples, spec_.fit.weights)
                                                      : fit_power_law(fitted, spec_.fit.weights);
      if (intervals == Intervals::compute && curve.fits[metric]) {
        // Curves share tokens, so they share resamples: a difference of two slopes is then resampled alike.
        curve.intervals[metric] = bootstrap_slope(
            spec_.tokens, samples, result.points_share_tokens, spec_.fit.weights, spec_.fit.resamples,
            Stream::of(spec_.seed, StreamPurpose::resamples), spec_.target);
      }
    }
  }
  for (Trend& trend : result.trends) {
    trend.points = trend_points(result, trend);
  }
  return result;
}

}  // namespace asymptoken
