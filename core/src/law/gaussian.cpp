#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/law.hpp"
#include "law/doubling.hpp"
#include "law/normal_tokens.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

using detail::text_of;

std::string shape_of(const Matrix& matrix) {
  return std::to_string(matrix.rows()) + " x " + std::to_string(matrix.cols());
}

void check_finite(const Matrix& numbers, const char* field) {
  for (const double number : numbers.reshaped()) {
    if (!std::isfinite(number)) {
      throw Error(field, "not finite (an entry is " + text_of(number) + ")", "finite numbers");
    }
  }
}

/// The symmetric part, which differs from the covariance by rounding at most.
Matrix checked_covariance(const Matrix& covariance, Index dimension) {
  const std::string shape = std::to_string(dimension) + " x " + std::to_string(dimension);
  if (covariance.rows() != dimension || covariance.cols() != dimension) {
    throw Error("law.covariance", "a " + shape_of(covariance) + " matrix",
                "a " + shape + " matrix, as the mean has " + std::to_string(dimension) + " entries");
  }
  check_finite(covariance, "law.covariance");
  const double rounding = 1e-12 * covariance.cwiseAbs().maxCoeff();
  for (Index j = 0; j < dimension; ++j) {
    for (Index i = 0; i < j; ++i) {
      if (std::abs(covariance(i, j) - covariance(j, i)) > rounding) {
        throw Error("law.covariance",
                    "not symmetric (entries " + std::to_string(i) + "," + std::to_string(j) + " and " +
                        std::to_string(j) + "," + std::to_string(i) + " are " + text_of(covariance(i, j)) +
                        " and " + text_of(covariance(j, i)) + ")",
                    "a symmetric matrix");
      }
    }
  }
  return 0.5 * covariance + 0.5 * covariance.transpose();
}

/// The lower triangular L with L L' = covariance.
Matrix cholesky_factor(const Matrix& covariance) {
  const Eigen::LLT<Matrix> factorisation(covariance);
  if (factorisation.info() != Eigen::Success) {
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance, Eigen::EigenvaluesOnly);
    throw Error("law.covariance",
                "not positive definite (its smallest eigenvalue is " + text_of(solver.eigenvalues()[0]) + ")",
                "a positive definite matrix");
  }
  return factorisation.matrixL();
}

/// N(mean, covariance). Its closed forms need no more than linear algebra. [derived]
class Gaussian final : public Law, public detail::DoublingLaw {
 public:
  Gaussian(const Vector& mean, const Matrix& covariance)
      : mean_(mean),
        covariance_(checked_covariance(covariance, mean.size())),
        factor_(cholesky_factor(covariance_)),
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

  detail::DoubledTilt doubled_tilt(const Vector& t) const override {
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
  check_finite(mean, "law.mean");
  return std::make_shared<Gaussian>(mean, covariance);
}

}  // namespace asymptoken
