#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "asymptoken/error.hpp"
#include "asymptoken/fit.hpp"
#include "fit/line.hpp"
#include "random/uniform_index.hpp"
#include "special/log.hpp"
#include "special/student.hpp"

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

FitPoint point_of(std::int64_t n, const std::vector<double>& errors) {
  // About the first error, so that the squares do not cancel.
  double sum = 0.0;
  double squares = 0.0;
  for (const double error : errors) {
    const double deviation = error - errors.front();
    sum += deviation;
    squares += deviation * deviation;
  }
  const auto count = static_cast<double>(errors.size());
  const double variance = std::max(0.0, squares - sum * sum / count) / (count - 1.0);
  return {.n = static_cast<double>(n),
          .mean = errors.front() + sum / count,
          .standard_deviation = std::sqrt(variance),
          .count = static_cast<std::int64_t>(errors.size())};
}

/// A point of the line: its errors, and how much the slope takes of the logarithm of their mean.
struct Term {
  const std::vector<double>* errors;
  double share;
  double variance;  ///< that it gives to the slope, to first order
};

/// Of independent terms, after Welch and Satterthwaite; of those that share their replicates, as many as these leave.
double degrees_of_freedom(const std::vector<Term>& terms, bool points_share_tokens) {
  double sum = 0.0;
  double squares = 0.0;
  for (const Term& term : terms) {
    sum += term.variance;
    squares += term.variance * term.variance / static_cast<double>(term.errors->size() - 1);
  }
  return points_share_tokens || squares == 0.0 ? static_cast<double>(terms.front().errors->size() - 1)
                                               : sum * sum / squares;
}

double standard_deviation_of(const std::vector<double>& slopes) {
  const auto count = static_cast<double>(slopes.size());
  double sum = 0.0;
  for (const double slope : slopes) {
    sum += slope;
  }
  double squares = 0.0;
  for (const double slope : slopes) {
    squares += (slope - sum / count) * (slope - sum / count);
  }
  return std::sqrt(squares / (count - 1.0));
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
  std::vector<FitPoint> points;
  for (const std::size_t i : used) {
    points.push_back(point_of(n[i], errors[i]));
  }
  const std::optional<detail::Line> line = detail::line_through(points, weights);
  if (!line) {
    return std::nullopt;
  }
  std::vector<Term> terms;
  for (const detail::LogPoint& point : line->points) {
    const FitPoint& measured = points[point.index];
    const double share = line->slope_share(point);
    const double deviation = share * measured.standard_deviation / measured.mean;
    terms.push_back({.errors = &errors[used[point.index]],
                     .share = share,
                     .variance = deviation * deviation / static_cast<double>(measured.count)});
  }
  Draws draws(stream, target);
  std::vector<std::size_t> chosen;
  std::vector<double> slopes;
  for (std::int64_t resample = 0; resample < resamples; ++resample) {
    double slope = 0.0;
    bool counts = true;
    for (const Term& term : terms) {
      const std::vector<double>& at_point = *term.errors;
      if (!points_share_tokens || &term == &terms.front()) {
        chosen.resize(at_point.size() - 1);
        std::ranges::generate(chosen, [&] { return draws.below(at_point.size()); });
      }
      double sum = 0.0;
      for (const std::size_t index : chosen) {
        sum += at_point[index];
      }
      counts = counts && sum > 0.0;
      slope += term.share * portable_log(sum / static_cast<double>(chosen.size()));
    }
    if (counts) {
      slopes.push_back(slope);
    }
  }
  constexpr double enough = 0.9;
  if (slopes.size() < 2 || static_cast<double>(slopes.size()) < enough * static_cast<double>(resamples)) {
    return std::nullopt;
  }
  const double error = standard_deviation_of(slopes);
  const double reach = detail::student_quantile(degrees_of_freedom(terms, points_share_tokens)) * error;
  return SlopeInterval{.low = line->slope - reach,
                       .high = line->slope + reach,
                       .standard_error = error,
                       .resamples = static_cast<std::int64_t>(slopes.size())};
}

}  // namespace asymptoken
