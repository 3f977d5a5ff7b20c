#pragma once

#include "asymptoken/law.hpp"
#include "asymptoken/linear.hpp"

namespace asymptoken {

/// N(mean, covariance). Its closed forms need no more than linear algebra. [derived]
class Gaussian : public Law {
 public:
  Gaussian(const Vector& mean, const Matrix& covariance);

  std::string_view name() const override { return "gaussian"; }
  Index dimension() const override { return mean_.size(); }
  bool is_bounded() const override { return false; }
  bool is_gaussian() const override { return true; }
  Vector mean() const override { return mean_; }
  Matrix covariance() const override { return covariance_; }

  void make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                   SimdTarget target) const override;

  double log_mgf(const Vector& t) const override { return mean_.dot(t) + 0.5 * spread(t); }
  Vector tilted_mean(const Vector& t) const override { return mean_ + covariance_ * t; }
  Matrix tilted_covariance(const Vector& /*t*/) const override { return covariance_; }

  DoubledTilt doubled_tilt(const Vector& t) const override {
    return {.log_inflation = spread(t), .mean_shift = covariance_ * t};
  }

  /// Gamma(x) = V (m + Sigma A x) is a linear map of x.
  std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const override;
  std::optional<Quadrature> quadrature(Index nodes) const override;

 protected:
  /// Throws Error unless mean and factor are float32 numbers.
  void check_sampling() const;
  /// The map from normals to tokens, in the order in which that target's kernels read it; none where it is a diagonal.
  std::optional<LinearMap> mixing(SimdTarget target) const;
  /// y = L z + m in float32: the sum over k ascending, then m, each product and each sum rounded.
  void place(const RowsView<float>& normals, const std::optional<LinearMap>& mixing,
             Eigen::Ref<Rows<float>> tokens) const;

 private:
  /// t' Sigma t, the variance of <t, y>.
  double spread(const Vector& t) const { return (factor_.transpose() * t).squaredNorm(); }

  Vector mean_;
  Matrix covariance_;
  Matrix factor_;
  bool is_diagonal_;
  Eigen::RowVectorXf float_mean_;
  Eigen::RowVectorXf float_deviations_;
  Rows<float> float_factor_;
};

/// The keys that the laws with Gaussian tokens share.
struct GaussianParameters {
  Vector mean;
  Matrix covariance;
};
class Reader;
GaussianParameters read_gaussian_parameters(Reader& parameters);

/// Throws Error (field `law.mean`) unless it is finite and not empty.
void check_gaussian_mean(const Vector& mean);

}  // namespace asymptoken
