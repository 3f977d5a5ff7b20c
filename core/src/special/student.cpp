#include "special/student.hpp"

#include <cmath>
#include <numbers>

#include "special/gauss_legendre.hpp"
#include "special/log_gamma.hpp"
#include "special/portable.hpp"

namespace asymptoken::detail {

namespace {

constexpr double normal_quantile = 1.9599639845400545;

/// By the expansion about the normal's, which many degrees of freedom come to. A. Abramowitz, I. Stegun, 26.7.5.
double expanded_quantile(double degrees) {
  const double z = normal_quantile;
  const double y = z * z;
  const double terms[] = {
      (y + 1) * z / 4,
      ((5 * y + 16) * y + 3) * z / 96,
      (((3 * y + 19) * y + 17) * y - 15) * z / 384,
      ((((79 * y + 776) * y + 1482) * y - 1920) * y - 945) * z / 92160,
  };
  double quantile = z;
  double power = degrees;
  for (const double term : terms) {
    quantile += term / power;
    power *= degrees;
  }
  return quantile;
}

}  // namespace

double student_quantile(double degrees) {
  constexpr double many = 200;
  if (degrees >= many) {
    return expanded_quantile(degrees);
  }
  const double log_height =
      log_gamma((degrees + 1) / 2) - log_gamma(degrees / 2) - portable_log(degrees * std::numbers::pi) / 2;
  const auto density = [&](double t) {
    return portable_exp(log_height - (degrees + 1) / 2 * portable_log1p(t * t / degrees));
  };
  // Newton's steps from below: the distribution is concave there, so none goes too far.
  double quantile = normal_quantile;
  for (int step = 0; step < 40; ++step) {
    double share = 0.475;
    for (const auto& [x, weight] : gauss_legendre(120, quantile)) {
      share -= weight * density(x);
    }
    const double move = share / density(quantile);
    quantile += move;
    if (std::abs(move) < 1e-12 * quantile) {
      break;
    }
  }
  return quantile;
}

}  // namespace asymptoken::detail
