#include <algorithm>
#include <limits>
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

namespace asymptoken {

namespace {

/// Weighted points. Tilted weights are a softmax of the logits <t, y_j>; those are taken relative to the largest, as
/// |t| <t/|t|, y_j - y_top>, so that near ties keep their digits under any tilt. [derived]
class Points final : public Law {
 public:
  Points(const Rows<double>& points, const Vector& probabilities)
      : support_{.points = points, .weights = probabilities}, choice_(probabilities) {
    detail::WeightedMoments moments(points.cols());
    for (Index j = 0; j < points.rows(); ++j) {
      moments.add(probabilities[j], points.row(j).transpose());
    }
    moments_ = moments.result();
  }

  std::string_view name() const override { return "points"; }
  Index dimension() const override { return support_.points.cols(); }
  bool is_bounded() const override { return true; }
  Vector mean() const override { return moments_.mean; }
  Matrix covariance() const override { return moments_.covariance; }

  void make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                   SimdTarget target) const override {
    detail::check_float(support_.points.cwiseAbs().maxCoeff(), "law.points");
    detail::tokens_from_integers(stream, 1, first, out, target, [&](const std::uint64_t* u, float* y) {
      const auto point = support_.points.row(choice_(*u));
      std::ranges::transform(point, y, [](double entry) { return static_cast<float>(entry); });
    });
  }

  double log_mgf(const Vector& t) const override {
    const Tilt tilt = tilted(t);
    return support_.points.row(tilt.top).dot(t) +
           detail::tilted_weights(support_.weights, tilt.logits).log_average;
  }

  Vector tilted_mean(const Vector& t) const override {
    const Tilt tilt = tilted(t);
    return support_.points.row(tilt.top).transpose() +
           tilt.differences.transpose() * detail::tilted_weights(support_.weights, tilt.logits).weights;
  }

  Matrix tilted_covariance(const Vector& t) const override {
    const Tilt tilt = tilted(t);
    const Vector weights = detail::tilted_weights(support_.weights, tilt.logits).weights;
    const Vector mean = tilt.differences.transpose() * weights;
    const Rows<double> centred = tilt.differences.rowwise() - mean.transpose();
    return centred.transpose() * weights.asDiagonal() * centred;
  }

  /// The terms of order |t| belong to the top point, which is the same at t and 2t, and are left out of both.
  DoubledTilt doubled_tilt(const Vector& t) const override {
    const Tilt tilt = tilted(t);
    const detail::TiltedWeights once = detail::tilted_weights(support_.weights, tilt.logits);
    const detail::TiltedWeights twice = detail::tilted_weights(support_.weights, 2.0 * tilt.logits);
    return {.log_inflation = twice.log_average - 2.0 * once.log_average,
            .mean_shift = tilt.differences.transpose() * (twice.weights - once.weights)};
  }

  /// The points of the largest logit, ties exact, in proportion to their probabilities.
  std::optional<SupportMaximum> support_maximum(const Vector& t) const override {
    const Tilt tilt = tilted(t);
    double mass = 0.0;
    std::vector<Index> tied;
    Vector difference = Vector::Zero(dimension());
    double next = std::numeric_limits<double>::infinity();
    for (Index j = 0; j < support_.points.rows(); ++j) {
      if (tilt.logits[j] == 0.0) {
        tied.push_back(j);
        mass += support_.weights[j];
        difference += support_.weights[j] * tilt.differences.row(j).transpose();
      } else {
        next = std::min(next, -tilt.logits[j]);
      }
    }
    SupportMaximum maximum{.maximiser = support_.points.row(tilt.top).transpose() + difference / mass,
                           .mass_exponent = 0.0,
                           .log_mass_constant = portable_log(mass),
                           .distance_exponent = 1.0,
                           .exact_up_to = is_settled(t, tilt.top, tied, next) ? next : 0.0};
    if (tied.size() > 1) {
      const Matrix centred = (tilt.differences(tied, Eigen::all).rowwise() - difference.transpose() / mass);
      const Vector roots = (support_.weights(tied) / mass).cwiseSqrt();
      maximum.spread = centred.transpose() * roots.asDiagonal();
    }
    return maximum;
  }

  std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const override {
    detail::WeightedMoments moments(V.rows());
    for (Index j = 0; j < support_.points.rows(); ++j) {
      moments.add(support_.weights[j], V * tilted_mean(A * support_.points.row(j).transpose()));
    }
    return moments.result();
  }

  const Quadrature* finite_support() const override { return &support_; }
  std::optional<Quadrature> quadrature(Index /*nodes*/) const override { return support_; }

 private:
  struct Tilt {
    Index top;                 ///< a point of the largest logit
    Rows<double> differences;  ///< the points less that one
    Vector logits;             ///< less the largest
  };

  /// Whether tokens in float32 keep those ties, and no others.
  bool is_settled(const Vector& t, Index top, const std::vector<Index>& tied, double next) const {
    constexpr double rounding = 0x1p-22;
    const auto logit = [&](Index j) {
      return t.dot(support_.points.row(j).transpose().cast<float>().cast<double>());
    };
    const double size = t.cwiseAbs().dot(support_.points.cwiseAbs().colwise().maxCoeff().transpose());
    return next > rounding * size && std::ranges::all_of(tied, [&](Index j) {
             return support_.points.row(j) == support_.points.row(top) || logit(j) == logit(top);
           });
  }

  Tilt tilted(const Vector& t) const {
    const double size = t.stableNorm();
    const Vector direction = t.stableNormalized();
    Tilt tilt{.top = 0, .differences = {}, .logits = {}};
    for (Index j = 1; j < support_.points.rows(); ++j) {
      if ((support_.points.row(j) - support_.points.row(tilt.top)).dot(direction) > 0.0) {
        tilt.top = j;
      }
    }
    tilt.differences = support_.points.rowwise() - support_.points.row(tilt.top);
    tilt.logits = size * (tilt.differences * direction).cwiseMin(0.0);
    return tilt;
  }

  Quadrature support_;
  detail::Choice choice_;
  Moments moments_;
};

}  // namespace

LawPointer points(const Rows<double>& points, const Vector& weights) {
  if (points.size() == 0) {
    throw Error("law.points", "empty", "at least one point of at least one number");
  }
  detail::check_finite(points, "law.points");
  detail::check_size(weights, points.rows(), "law.weights");
  const Vector probabilities = detail::probabilities_of(weights, "law.weights");
  std::vector<Index> possible;  // a point of weight 0 would be the top one in vain
  for (Index j = 0; j < probabilities.size(); ++j) {
    if (probabilities[j] > 0.0) {
      possible.push_back(j);
    }
  }
  return std::make_shared<Points>(points(possible, Eigen::all), probabilities(possible));
}

namespace {

LawPointer read(Reader& parameters) {
  // An array knows its width.
  const Array* array = parameters.input("points");
  const Index dimension =
      read_dimension(parameters, array != nullptr ? std::optional(array->columns()) : std::nullopt);
  const Rows<double> rows = parameters.rows("points", dimension);
  return points(rows, parameters.vector("weights", rows.rows(), 1.0));
}

}  // namespace

LawType points_law() {
  return {.description = {.name = "points", .title = "own tokens", .example = ""}, .read = read};
}

}  // namespace asymptoken
