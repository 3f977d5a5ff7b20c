#include <algorithm>
#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
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

Merger::Merger(const Plan& plan) : plan_(&plan), values_(plan.items().size()) {}

void Merger::add(std::size_t item, std::span<const double> values) {
  if (item >= values_.size()) {
    throw Error("item", std::to_string(item), "a number below " + std::to_string(values_.size()));
  }
  if (values.size() != plan_->values_per_item()) {
    throw Error("number of values of item " + std::to_string(item), std::to_string(values.size()),
                std::to_string(plan_->values_per_item()));
  }
  if (has(item)) {
    return;
  }
  values_[item].assign(values.begin(), values.end());
  ++items_done_;
  work_done_ += plan_->items()[item].work;
}

bool Merger::has(std::size_t item) const { return item < values_.size() && !values_[item].empty(); }

Result Merger::result() const {
  Result result = plan_->skeleton();
  result.items_done = static_cast<std::int64_t>(items_done_);
  const std::size_t metrics = result.metrics.size();
  const std::size_t points = plan_->spec().tokens.size();
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    Curve& curve = result.curves[c];
    for (std::size_t metric = 0; metric < metrics; ++metric) {
      std::vector<std::vector<double>> samples(points);
      for (std::size_t item = 0; item < values_.size(); ++item) {
        const Item& measured = plan_->items()[item];
        for (std::size_t i = 0; has(item) && i < measured.points; ++i) {
          samples[measured.first_point + i].push_back(
              values_[item][(i * result.curves.size() + c) * metrics + metric]);
        }
      }
      for (std::size_t point = 0; point < points; ++point) {
        if (!samples[point].empty()) {
          curve.points[point].metrics[metric] = estimate(samples[point]);
        }
      }
      const std::vector<FitPoint> fitted = fit_points(curve, metric);
      curve.fit[metric] = result.points_share_tokens ? fit_power_law(fitted, samples) : fit_power_law(fitted);
    }
  }
  return result;
}

}  // namespace asymptoken
