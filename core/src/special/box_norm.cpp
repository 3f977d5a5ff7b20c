#include "special/box_norm.hpp"

#include <cmath>
#include <numbers>

#include "special/normal_tail.hpp"
#include "special/portable.hpp"

namespace asymptoken::detail {

namespace {

/// log E e^{-z u^2}, u uniform in [-1, 1]: E = sqrt(pi) erf(sqrt z) / (2 sqrt z).
double log_transform(double z) {
  if (z < 0.5) {
    double term = 1.0;
    double sum = 0.0;
    for (int k = 1; k < 16; ++k) {
      term *= -z / k;
      sum += term / (2 * k + 1);
    }
    return portable_log1p(sum);
  }
  const double x = std::sqrt(2.0 * z);
  const double tail = x < 15.0 ? normal_tail(x) : 0.0;
  return portable_log1p(-2.0 * tail) + 0.5 * portable_log(0.25 * std::numbers::pi / z);
}

}  // namespace

/// E sqrt Q = (1/sqrt pi) int (1 - E e^{-Q s}) e^{-y} dy over the line, s = e^{2y}: the trapezoidal rule.
double mean_box_norm(double c, const Vector& s) {
  const double square = c + s.squaredNorm();
  if (square == 0.0) {
    return 0.0;
  }
  constexpr double step = 0.125;
  constexpr int steps = 240;  // e^-30 is left out on each side
  double sum = 0.0;
  for (int k = -steps; k <= steps; ++k) {
    const double y = step * k;
    const double scale = portable_exp(2.0 * y) / square;
    double log_laplace = -c * scale;
    for (const double deviation : s) {
      log_laplace += log_transform(3.0 * deviation * deviation * scale);
    }
    sum -= portable_expm1(log_laplace) * portable_exp(-y);
  }
  return std::sqrt(square / std::numbers::pi) * step * sum;
}

}  // namespace asymptoken::detail
