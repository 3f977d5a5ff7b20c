#include <algorithm>

#include "asymptoken/error.hpp"
#include "asymptoken/law.hpp"
#include "asymptoken/linear.hpp"
#include "law/checks.hpp"
#include "law/registry.hpp"
#include "law/tokens.hpp"
#include "special/portable.hpp"

namespace asymptoken {

namespace {

/// N(mean, covariance). Its closed forms need no more than linear algebra. [derived]
class Gaussian final : public Law {
 public:
  Gaussian(const Vector& mean, const Matrix& covariance)
      : mean_(mean),
        covariance_(detail::checked_covariance(covariance, mean.size(), "law.covariance")),
        factor_(detail::cholesky_factor(covariance_, "law.covariance")),
        is_diagonal_(factor_.isDiagonal(0.0)),
        float_mean_(mean.cast<float>()),
        float_deviations_(factor_.diagonal().cast<float>()),
        float_factor_(Rows<float>(factor_.cast<float>()), {}, {.deterministic = true}) {}

  std::string_view name() const override { return "gaussian"; }
  Index dimension() const override { return mean_.size(); }
  bool is_bounded() const override { return false; }
  Vector mean() const override { return mean_; }
  Matrix covariance() const override { return covariance_; }

  void sample(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out) const override;

  double log_mgf(const Vector& t) const override { return mean_.dot(t) + 0.5 * spread(t); }
  Vector tilted_mean(const Vector& t) const override { return mean_ + covariance_ * t; }
  Matrix tilted_covariance(const Vector& /*t*/) const override { return covariance_; }

  DoubledTilt doubled_tilt(const Vector& t) const override {
    return {.log_inflation = spread(t), .mean_shift = covariance_ * t};
  }

  /// Gamma(x) = V (m + Sigma A x) is a linear map of x.
  std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const override {
    const Matrix map = V * covariance_ * A;
    const Matrix factor = map * factor_;
    return Moments{.mean = V * mean_ + map * mean_, .covariance = factor * factor.transpose()};
  }

  std::optional<Quadrature> quadrature(Index nodes) const override;

 private:
  /// t' Sigma t, the variance of <t, y>.
  double spread(const Vector& t) const { return (factor_.transpose() * t).squaredNorm(); }

  Vector mean_;
  Matrix covariance_;
  Matrix factor_;
  bool is_diagonal_;
  Eigen::RowVectorXf float_mean_;
  Eigen::RowVectorXf float_deviations_;
  LinearMap float_factor_;
};

/// The product of d trapezoidal rules for the standard normal law.
std::optional<Quadrature> Gaussian::quadrature(Index nodes) const {
  constexpr Index most_axes = 3;
  constexpr double reach = 8.5;  // beyond which there is 2e-17 of the mass
  const Index d = dimension();
  if (d > most_axes || nodes < 2) {
    return std::nullopt;
  }
  Index count = 1;
  for (Index axis = 0; axis < d; ++axis) {
    count *= nodes;
  }
  Quadrature rule{.points = Rows<double>(count, d), .weights = Vector(count)};
  Vector z(d);
  for (Index i = 0; i < count; ++i) {
    Index rest = i;
    for (Index axis = 0; axis < d; ++axis) {
      z[axis] = reach * (2.0 * static_cast<double>(rest % nodes) / static_cast<double>(nodes - 1) - 1.0);
      rest /= nodes;
    }
    rule.points.row(i) = (mean_ + factor_ * z).transpose();
    rule.weights[i] = portable_exp(-0.5 * z.squaredNorm());
  }
  rule.weights /= rule.weights.sum();
  return rule;
}

/// y = L z + m in float32: the sum over k ascending, then m, each product and each sum rounded.
void Gaussian::sample(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out) const {
  if (!float_mean_.allFinite() || !factor_.cast<float>().allFinite()) {
    throw Error("law", "too wide to sample",
                "means up to 3e38 and variances up to 1e76, as tokens are float32");
  }
  const Index d = dimension();
  detail::check_width(out.cols(), d);
  constexpr Index normals_at_once = 16384;
  const Index rows_at_once = std::max<Index>(1, normals_at_once / d);
  Rows<float> normals(std::min(rows_at_once, out.rows()), d);
  for (Index start = 0; start < out.rows(); start += rows_at_once) {
    const Index rows = std::min(rows_at_once, out.rows() - start);
    normal_variates(stream, (first + static_cast<std::uint64_t>(start)) * static_cast<std::uint64_t>(d),
                    {normals.data(), static_cast<std::size_t>(rows * d)});
    auto tokens = out.middleRows(start, rows);
    if (is_diagonal_) {
      tokens = normals.topRows(rows).array().rowwise() * float_deviations_.array();
    } else {
      float_factor_.apply(normals.topRows(rows), tokens);
    }
    tokens.rowwise() += float_mean_;
  }
}

}  // namespace

LawPointer gaussian(const Vector& mean, const Matrix& covariance) {
  if (mean.size() == 0) {
    throw Error("law.mean", "empty", "at least one number");
  }
  detail::check_finite(mean, "law.mean");
  return std::make_shared<Gaussian>(mean, covariance);
}

LawPointer read_gaussian(Reader& parameters) {
  const Index dimension = read_dimension(parameters);
  const Vector mean = parameters.vector("mean", dimension, 0.0);
  return gaussian(mean, parameters.matrix("covariance", dimension, 1.0));
}

}  // namespace asymptoken
