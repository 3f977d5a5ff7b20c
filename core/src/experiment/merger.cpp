#include <algorithm>
#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/experiment.hpp"
#include "experiment/type.hpp"

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

Merger::Merger(const Plan& plan)
    : plan_(&plan),
      values_(plan.items().size()),
      reference_items_missing_(
          static_cast<std::size_t>(std::ranges::count_if(plan.items(), &Item::is_reference))) {}

void Merger::add(std::size_t item, std::span<const double> values) {
  if (item >= values_.size()) {
    throw Error("item", std::to_string(item), "a number below " + std::to_string(values_.size()));
  }
  const Item& added = plan_->items()[item];
  const bool is_compared = !added.is_reference() && values.size() == plan_->contents_->error_count(added);
  if (!is_compared && values.size() != plan_->value_count(item)) {
    throw Error("number of values of item " + std::to_string(item), std::to_string(values.size()),
                std::to_string(plan_->value_count(item)));
  }
  if (has(item)) {
    return;
  }
  values_[item].assign(values.begin(), values.end());
  ++items_done_;
  work_done_ += added.work;
  if (added.is_reference()) {
    --reference_items_missing_;
  }
  if (!is_compared && reference_items_missing_ == 0) {
    compare_with_reference(item);
  }
}

void Merger::compare_with_reference(std::size_t item) {
  const Plan::Contents& contents = *plan_->contents_;
  const ReferenceType& type = *reference_type(contents.spec);
  const auto compare = [&](std::size_t i) {
    if (has(i) && !has_errors(i)) {
      values_[i] = type.errors(contents, reference_, values_[i]);
    }
  };
  if (!reference_.empty()) {
    compare(item);
    return;
  }
  const auto items = static_cast<std::size_t>(std::ranges::count_if(plan_->items(), &Item::is_reference));
  reference_ = type.merge(contents, std::span(values_).first(items));
  for (std::size_t i = items; i < values_.size(); ++i) {
    compare(i);
  }
}

bool Merger::has(std::size_t item) const { return item < values_.size() && !values_[item].empty(); }

bool Merger::has_errors(std::size_t item) const {
  const Item& measured = plan_->items()[item];
  return has(item) && !measured.is_reference() &&
         values_[item].size() == plan_->contents_->error_count(measured);
}

Result Merger::result(Intervals intervals) const {
  const Spec& spec = plan_->spec();
  Result result = plan_->skeleton();
  result.items_done = static_cast<std::int64_t>(items_done_);
  const std::size_t metrics = result.metrics.size();
  const std::size_t points = spec.tokens.size();
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    Curve& curve = result.curves[c];
    for (std::size_t metric = 0; metric < metrics; ++metric) {
      std::vector<std::vector<double>> samples(points);
      for (std::size_t item = 0; item < values_.size(); ++item) {
        const Item& measured = plan_->items()[item];
        for (std::size_t i = 0; has_errors(item) && i < measured.points; ++i) {
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
      curve.fit[metric] = result.points_share_tokens ? fit_power_law(fitted, samples, spec.fit.weights)
                                                     : fit_power_law(fitted, spec.fit.weights);
      if (intervals == Intervals::compute && curve.fit[metric]) {
        // Curves share tokens, so they share resamples: a difference of two slopes is then resampled alike.
        curve.intervals[metric] =
            bootstrap_slope(spec.tokens, samples, result.points_share_tokens, spec.fit.weights,
                            spec.fit.resamples, Stream::of(spec.seed, StreamPurpose::resamples));
      }
    }
  }
  return result;
}

}  // namespace asymptoken
