#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/limit.hpp"
#include "limit/linear_algebra.hpp"
#include "special/portable.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

/// e^log_factor times the entries. Zeros stay zero, and where the factor alone overflows the product may not.
Matrix scaled(double log_factor, const Matrix& entries) {
  const double factor = portable_exp(log_factor);
  return entries.unaryExpr([=](double entry) {
    if (entry == 0.0) {
      return entry;
    }
    return std::isinf(factor) ? std::copysign(portable_exp(log_factor + portable_log(std::abs(entry))), entry)
                              : factor * entry;
  });
}

/// With s = e^{2y} and one integration by parts, E|N(0,S)| = (2/sqrt pi) int e^y f(y) dy over the line, where
/// f(y) = sum_k l_k/(1 + 2 l_k e^{2y}) prod_k (1 + 2 l_k e^{2y})^{-1/2}: positive, so nothing cancels.
double integrand(const Vector& eigenvalues, double y) {
  const double square = portable_exp(2.0 * y);
  double sum = 0.0;
  double log_product = 0.0;
  for (const double l : eigenvalues) {
    sum += l / (1.0 + 2.0 * l * square);
    log_product += portable_log1p(2.0 * l * square);
  }
  return portable_exp(y - 0.5 * log_product) * sum;
}

}  // namespace

// Delta method on (mean w V y, mean w) with w = e^{<t,y>}: the influence of a key is w V (y - g(t)) / M(t), whose second
// moment is that of the law tilted by 2t. [derived]
MapLimit map_limit(const Law& law, const AttentionForm& attention, const Vector& x) {
  detail::check_attention(attention, law.dimension());
  detail::check_matrix(x, law.dimension(), 1, "query");
  const Matrix& V = attention.V;
  const Vector t = attention.A * x;
  const DoubledTilt doubled = law.doubled_tilt(t);
  const Vector shift = V * doubled.mean_shift;
  const Matrix spread = V * law.tilted_covariance(2.0 * t) * V.transpose() + shift * shift.transpose();
  // Half of the logarithm goes with the norm, which therefore overflows last.
  const double norm = expected_norm(spread);
  return {.log_mgf = law.log_mgf(t),
          .gamma = V * law.tilted_mean(t),
          .variance_inflation = portable_exp(doubled.log_inflation),
          .asymptotic_covariance = scaled(doubled.log_inflation, spread),
          .bias_times_n = -scaled(doubled.log_inflation, shift),
          .error_constant = scaled(0.5 * doubled.log_inflation, Matrix::Constant(1, 1, norm))(0, 0)};
}

double detail::expected_norm_of_eigenvalues(const Vector& eigenvalues, double scale) {
  // Analytic for |Im y| < pi/2, and of modulus below that on the line for |Im y| <= pi/4 whatever the dimension, where the
  // trapezoidal rule with step h errs by e^{-pi^2/(2h)}.
  constexpr double step = 0.125;
  constexpr double negligible = 1e-18;
  // Around the peak, between the scale of the trace and that of the largest eigenvalue.
  const double origin = -0.5 * portable_log(2.0 * eigenvalues.sum());
  double sum = integrand(eigenvalues, origin);
  for (const double direction : {step, -step}) {
    double term = sum;
    for (double k = 1.0; term > negligible * sum; ++k) {
      term = integrand(eigenvalues, origin + direction * k);
      sum += term;
    }
  }
  return scale * 2.0 * std::numbers::inv_sqrtpi * step * sum;
}

double expected_norm(const Matrix& S) {
  if (S.rows() != S.cols()) {
    throw Error("covariance", "a " + std::to_string(S.rows()) + " x " + std::to_string(S.cols()) + " matrix",
                "a square matrix");
  }
  if (S.hasNaN()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double size = S.size() == 0 ? 0.0 : S.cwiseAbs().maxCoeff();
  if (size == 0.0 || std::isinf(size)) {
    return size;
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(Matrix(S / size), Eigen::EigenvaluesOnly);
  return detail::expected_norm_of_eigenvalues(solver.eigenvalues().cwiseMax(0.0), std::sqrt(size));
}

// tr S(x) = e^{|Sigma^{1/2} A x|^2} (tr V Sigma V' + |V Sigma A x|^2); each norm is bounded by itself. [derived]
double gaussian_uniform_constant(const Matrix& covariance, const AttentionForm& attention, double radius) {
  if (!std::isfinite(radius) || radius < 0.0) {
    throw Error("radius", detail::text_of(radius), "a finite number of at least 0");
  }
  detail::check_attention(attention, covariance.rows());
  const double exponent = radius * one_sided_horizon(covariance, attention.A);
  const double reach = radius * detail::spectral_norm(attention.V * covariance * attention.A);
  const double root = std::sqrt((attention.V * covariance * attention.V.transpose()).trace() + reach * reach);
  return root == 0.0 ? 0.0 : root * portable_exp(0.5 * exponent * exponent);
}

}  // namespace asymptoken
