#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "asymptoken/error.hpp"
#include "asymptoken/fit.hpp"
#include "random/uniform_index.hpp"

namespace asymptoken {

namespace {

/// Uniform integers below a bound, a word of the stream each.
class Draws {
 public:
  Draws(Stream stream, SimdTarget target)
      : stream_(stream), target_(target), words_(words_at_once), next_(words_at_once) {}

  std::size_t below(std::size_t bound) {
    if (next_ == words_.size()) {
      random_words(stream_, first_, words_, target_);
      first_ += words_.size();
      next_ = 0;
    }
    return uniform_index(words_[next_++], bound);
  }

 private:
  static constexpr std::size_t words_at_once = 4096;
  Stream stream_;
  SimdTarget target_;
  std::uint64_t first_ = 0;
  std::vector<std::uint32_t> words_;
  std::size_t next_;
};

/// Mean and spread of the errors of that index.
FitPoint point_of(std::int64_t n, const std::vector<double>& errors, const std::vector<std::size_t>& chosen) {
  // About the first error, so that the squares do not cancel.
  double sum = 0.0;
  double squares = 0.0;
  for (const std::size_t index : chosen) {
    const double deviation = errors[index] - errors.front();
    sum += deviation;
    squares += deviation * deviation;
  }
  const auto count = static_cast<double>(chosen.size());
  const double variance = std::max(0.0, squares - sum * sum / count) / (count - 1.0);
  return {.n = static_cast<double>(n),
          .mean = errors.front() + sum / count,
          .standard_deviation = std::sqrt(variance),
          .count = static_cast<std::int64_t>(chosen.size())};
}

SlopeInterval interval_of(std::vector<double> slopes) {
  constexpr double tail = 0.025;
  std::ranges::sort(slopes);
  const auto count = static_cast<double>(slopes.size());
  const auto quantile = [&](double share) {
    return slopes[static_cast<std::size_t>(std::lround(share * (count - 1.0)))];
  };
  double sum = 0.0;
  for (const double slope : slopes) {
    sum += slope;
  }
  double squares = 0.0;
  for (const double slope : slopes) {
    squares += (slope - sum / count) * (slope - sum / count);
  }
  return {.low = quantile(tail),
          .high = quantile(1.0 - tail),
          .standard_error = std::sqrt(squares / std::max(1.0, count - 1.0))};
}

}  // namespace

std::optional<SlopeInterval> bootstrap_slope(std::span<const std::int64_t> n,
                                             std::span<const std::vector<double>> errors,
                                             bool points_share_tokens, FitWeights weights,
                                             std::int64_t resamples, Stream stream, SimdTarget target) {
  if (errors.size() != n.size()) {
    throw Error("number of points with errors", std::to_string(errors.size()), std::to_string(n.size()));
  }
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (errors[i].size() > 1) {
      used.push_back(i);
      if (points_share_tokens && errors[i].size() != errors[used.front()].size()) {
        throw Error("number of errors of point " + std::to_string(i), std::to_string(errors[i].size()),
                    "the same for every point");
      }
    }
  }
  Draws draws(stream, target);
  std::vector<FitPoint> points(used.size());
  std::vector<std::size_t> chosen;
  std::vector<double> slopes;
  for (std::int64_t resample = 0; resample < resamples; ++resample) {
    for (std::size_t k = 0; k < used.size(); ++k) {
      const std::vector<double>& at_point = errors[used[k]];
      if (k == 0 || !points_share_tokens) {
        chosen.resize(at_point.size());
        std::ranges::generate(chosen, [&] { return draws.below(at_point.size()); });
      }
      points[k] = point_of(n[used[k]], at_point, chosen);
    }
    if (const auto fit = fit_power_law(points, weights)) {
      slopes.push_back(fit->slope);
    }
  }
  if (slopes.empty()) {
    return std::nullopt;
  }
  return interval_of(std::move(slopes));
}

}  // namespace asymptoken
