#include <algorithm>

#include "asymptoken/error.hpp"
#include "asymptoken/law.hpp"
#include "law/checks.hpp"
#include "law/registry.hpp"
#include "law/tokens.hpp"

namespace asymptoken {

namespace {

/// N(mean, covariance). Its closed forms need no more than linear algebra. [derived]
class Gaussian final : public Law {
 public:
  Gaussian(const Vector& mean, const Matrix& covariance)
      : mean_(mean),
        covariance_(detail::checked_covariance(covariance, mean.size(), "law.covariance")),
        factor_(detail::cholesky_factor(covariance_, "law.covariance")),
        factor_is_diagonal_(factor_.isDiagonal(0.0)),
        // Adding zero turns -0 into 0, so that skipping zeros of L below cannot show in the sign of a zero.
        float_mean_(mean.cast<float>().array() + 0.0F),
        float_factor_(factor_.cast<float>()) {}

  std::string_view name() const override { return "gaussian"; }
  Index dimension() const override { return mean_.size(); }
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

 private:
  /// t' Sigma t, the variance of <t, y>.
  double spread(const Vector& t) const { return (factor_.transpose() * t).squaredNorm(); }

  Vector mean_;
  Matrix covariance_;
  Matrix factor_;
  bool factor_is_diagonal_;
  Eigen::VectorXf float_mean_;
  Eigen::MatrixXf float_factor_;
};

/// y = m + L z in float32: the sum over k ascending, then m, each product and each sum rounded. Zeros of L may be skipped,
/// because adding +-0 to a sum that began with +0 leaves its bits as they are.
void Gaussian::sample(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out) const {
  if (!float_mean_.allFinite() || !float_factor_.allFinite()) {
    throw Error("law", "too wide to sample",
                "means up to 3e38 and variances up to 1e76, as tokens are float32");
  }
  const Index d = dimension();
  detail::tokens_from_normals(stream, first, d, out, [&](const float* z, float* y) {
    std::fill_n(y, d, 0.0F);
    for (Index k = 0; k < d; ++k) {
      const float* const column = float_factor_.col(k).data();
      const Index end = factor_is_diagonal_ ? k + 1 : d;
      for (Index i = k; i < end; ++i) {
        y[i] += column[i] * z[k];
      }
    }
    for (Index i = 0; i < d; ++i) {
      y[i] += float_mean_[i];
    }
  });
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
