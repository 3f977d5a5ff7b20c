#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/limit.hpp"
#include "special/portable.hpp"

namespace asymptoken {

namespace {

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
  const Vector eigenvalues = solver.eigenvalues().cwiseMax(0.0);
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
  return std::sqrt(size) * 2.0 * std::numbers::inv_sqrtpi * step * sum;
}

}  // namespace asymptoken
