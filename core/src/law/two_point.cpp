#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "asymptoken/error.hpp"
#include "asymptoken/law.hpp"
#include "law/checks.hpp"
#include "law/choice.hpp"
#include "law/registry.hpp"
#include "law/tilted_weights.hpp"
#include "law/tokens.hpp"
#include "law/weighted_moments.hpp"
#include "special/portable.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

/// Columns of A up to which all combinations of their coordinates are visited: 65536 tokens.
constexpr std::size_t largest_support = 16;

/// One coordinate tilted by t, or by `times` t. The possible value that the tilt favours is the top one; the other decays.
struct Coordinate {
  double top;
  double other;
  double p_top;
  double p_other;
  double logit;  ///< of the other, relative to the top one

  Coordinate(double low, double high, double p_high, double t)
      : Coordinate(low, high, p_high, std::abs(t), p_high == 1.0 || (t > 0.0 && p_high > 0.0)) {}

  double average(double times) const { return p_top + p_other * portable_exp(times * logit); }
  /// log M(times t) less times t top
  double log_average(double times) const {
    return detail::log_average(average(times), p_other * portable_expm1(times * logit));
  }
  /// Tilted probabilities.
  double q_top(double times) const { return p_top / average(times); }
  double q_other(double times) const { return p_other * portable_exp(times * logit) / average(times); }

 private:
  Coordinate(double low, double high, double p_high, double size, bool is_high)
      : top(is_high ? high : low),
        other(is_high ? low : high),
        p_top(is_high ? p_high : 1.0 - p_high),
        p_other(is_high ? 1.0 - p_high : p_high),
        logit(p_other == 0.0 ? 0.0 : -(high - low) * size) {}
};

/// Independent coordinates of two values each: everything is a sum over coordinates. [derived]
class TwoPoint final : public Law {
 public:
  TwoPoint(Vector low, Vector high, Vector probability)
      : low_(std::move(low)), high_(std::move(high)), p_(std::move(probability)) {
    for (const double p : p_) {
      ends_.push_back(detail::integers_below(p));
    }
  }

  std::string_view name() const override { return "two_point"; }
  Index dimension() const override { return low_.size(); }
  bool is_bounded() const override { return true; }
  Vector mean() const override { return low_ + (high_ - low_).cwiseProduct(p_); }
  Matrix covariance() const override { return tilted_covariance(Vector::Zero(dimension())); }

  void make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                   SimdTarget target) const override {
    detail::check_float(low_.cwiseAbs().maxCoeff(), "law.low");
    detail::check_float(high_.cwiseAbs().maxCoeff(), "law.high");
    const Eigen::VectorXf low = low_.cast<float>();
    const Eigen::VectorXf high = high_.cast<float>();
    const Index d = dimension();
    detail::tokens_from_integers(stream, d, first, out, target, [&](const std::uint64_t* u, float* y) {
      for (Index i = 0; i < d; ++i) {
        y[i] = u[i] < ends_[static_cast<std::size_t>(i)] ? high[i] : low[i];
      }
    });
  }

  double log_mgf(const Vector& t) const override {
    double sum = 0.0;
    for (Index i = 0; i < t.size(); ++i) {
      const Coordinate at = coordinate(i, t);
      sum += t[i] * at.top + at.log_average(1.0);
    }
    return sum;
  }

  Vector tilted_mean(const Vector& t) const override {
    return per_coordinate(
        t, [](const Coordinate& at) { return at.q_top(1.0) * at.top + at.q_other(1.0) * at.other; });
  }

  Matrix tilted_covariance(const Vector& t) const override {
    const Vector variances = per_coordinate(t, [](const Coordinate& at) {
      const double gap = at.other - at.top;
      return gap * gap * at.q_other(1.0) * at.q_top(1.0);
    });
    return variances.asDiagonal();
  }

  DoubledTilt doubled_tilt(const Vector& t) const override {
    double log_inflation = 0.0;
    for (Index i = 0; i < t.size(); ++i) {
      const Coordinate at = coordinate(i, t);
      log_inflation += at.log_average(2.0) - 2.0 * at.log_average(1.0);
    }
    return {.log_inflation = log_inflation, .mean_shift = per_coordinate(t, [](const Coordinate& at) {
                                              return (at.other - at.top) *
                                                     (at.q_other(2.0) - at.q_other(1.0));
                                            })};
  }

  /// One token, or all those that differ in coordinates with t_i = 0 only.
  std::optional<SupportMaximum> support_maximum(const Vector& t) const override {
    SupportMaximum maximum{.maximiser = mean(),
                           .mass_exponent = 0.0,
                           .log_mass_constant = 0.0,
                           .distance_exponent = 1.0,
                           .spread = Matrix::Zero(t.size(), (t.array() == 0.0).count()),
                           .exact_up_to = std::numeric_limits<double>::infinity()};
    Index free = 0;
    for (Index i = 0; i < t.size(); ++i) {
      const Coordinate at = coordinate(i, t);
      if (t[i] == 0.0) {
        maximum.spread(i, free++) = (high_[i] - low_[i]) * std::sqrt(p_[i] * (1.0 - p_[i]));
        continue;
      }
      maximum.maximiser[i] = at.top;
      maximum.log_mass_constant += portable_log(at.p_top);
      if (at.p_other > 0.0) {
        maximum.exact_up_to = std::min(maximum.exact_up_to, -at.logit);
      }
    }
    return maximum;
  }

  std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const override {
    std::vector<Index> seen;  // coordinates that reach the output
    for (Index k = 0; k < A.cols(); ++k) {
      if (!A.col(k).isZero(0.0)) {
        seen.push_back(k);
      }
    }
    if (seen.size() > largest_support) {
      return std::nullopt;
    }
    detail::WeightedMoments moments(dimension());
    add_tokens(A, seen, 1.0, Vector::Zero(dimension()), moments);
    const Moments averages = moments.result();
    return Moments{.mean = V * averages.mean, .covariance = V * averages.covariance * V.transpose()};
  }

 private:
  Coordinate coordinate(Index i, const Vector& t) const { return {low_[i], high_[i], p_[i], t[i]}; }

  Vector per_coordinate(const Vector& t, auto value) const {
    Vector result(t.size());
    for (Index i = 0; i < t.size(); ++i) {
      result[i] = value(coordinate(i, t));
    }
    return result;
  }

  /// All tokens that differ in the first coordinates `seen` only; t holds what the others contribute to A x.
  void add_tokens(const Matrix& A, std::span<const Index> seen, double probability, const Vector& t,
                  detail::WeightedMoments& moments) const {
    if (seen.empty()) {
      moments.add(probability, tilted_mean(t));
      return;
    }
    const Index k = seen.back();
    const std::span<const Index> rest = seen.first(seen.size() - 1);
    add_tokens(A, rest, probability * p_[k], t + A.col(k) * high_[k], moments);
    add_tokens(A, rest, probability * (1.0 - p_[k]), t + A.col(k) * low_[k], moments);
  }

  Vector low_;
  Vector high_;
  Vector p_;
  std::vector<std::uint64_t> ends_;
};

}  // namespace

LawPointer two_point(const Vector& low, const Vector& high, const Vector& probability) {
  detail::check_dimension(low.size());
  detail::check_finite(low, "law.low");
  detail::check_size(high, low.size(), "law.high");
  detail::check_size(probability, low.size(), "law.probability");
  for (Index i = 0; i < low.size(); ++i) {
    if (!(low[i] < high[i])) {
      throw Error("law.low", detail::text_of(low[i]), "less than law.high, " + detail::text_of(high[i]));
    }
    if (!(probability[i] >= 0.0 && probability[i] <= 1.0)) {
      throw Error("law.probability", detail::text_of(probability[i]), "numbers from 0 to 1");
    }
  }
  return std::make_shared<TwoPoint>(low, high, probability);
}

namespace {

LawPointer read(Reader& parameters) {
  const Index dimension = read_dimension(parameters);
  const Vector low = parameters.vector("low", dimension, -1.0);
  const Vector high = parameters.vector("high", dimension, 1.0);
  return two_point(low, high, parameters.vector("probability", dimension, 0.5));
}

}  // namespace

LawType two_point_law() {
  return {.description = {.name = "two_point", .title = "corners", .example = "{}"}, .read = read};
}

}  // namespace asymptoken
