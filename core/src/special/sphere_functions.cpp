#include "special/sphere_functions.hpp"

#include <cmath>
#include <numbers>

#include "special/log_gamma.hpp"
#include "special/portable.hpp"
#include "special/uniform_expansion.hpp"

namespace asymptoken::detail {

namespace {

// Beyond these the truncated expansion is exact to rounding; below, the recurrence in the order leads there.
constexpr double large_real = 50.0;
constexpr double large_complex = 80.0;

constexpr double ln2 = std::numbers::ln2;

double square(double x) { return x * x; }

/// d = 1 is two points, where the expansion would miss what is exponentially small.
SphereTilt two_point_tilt(double r) {
  const double decay = portable_exp(-2.0 * r);
  const double mean = -portable_expm1(-2.0 * r) / (1.0 + decay);
  return {.mean = mean,
          .gap = 2.0 * decay / (1.0 + decay),
          .mean_over_r = r == 0.0 ? 1.0 : mean / r,
          .variance = 4.0 * decay / square(1.0 + decay)};
}

/// log cosh r; for small r from cosh r - 1 = (e^r - 1)^2 / (2 e^r).
double two_point_log_mgf(double r) {
  return r < 1.0 ? portable_log1p(square(portable_expm1(r)) / (2.0 * portable_exp(r)))
                 : r + portable_log1p(portable_exp(-2.0 * r)) - ln2;
}

SphereTilt expanded_tilt(double nu, double r) {
  const double s = portable_hypot(nu, r);
  const double part = r / s;
  const ExpansionSums<double> sums = expansion_sums(s, square(nu / s), square(part));
  const double mean_over_r = 1.0 / (s + nu) + sums.slope / s / s;
  const double mean = r * mean_over_r;
  const double leading_gap = nu * (1.0 + r / (s + nu)) / (1.0 + s / r);
  return {.mean = mean,
          .gap = mean < 0.5 ? 1.0 - mean : (leading_gap - square(part) * sums.slope) / r,
          .mean_over_r = mean_over_r,
          .variance = nu / s / (s + nu) + sums.derivative / s / s};
}

/// M(r) - 1 = sum_{k>=1} (r^2/4)^k / (k! (nu+1)_k).
double mgf_less_one(double nu, double r) {
  const double z = r * r / 4.0;
  double term = 1.0;
  double sum = 0.0;
  for (double k = 1.0; term > 1e-18 * sum; ++k) {
    term *= z / (k * (nu + k));
    sum += term;
  }
  return sum;
}

/// lim_{r->0} of what log Gamma(nu+1) adds beyond nu log nu - nu: log(2 pi nu)/2 and Stirling's corrections.
double log_gamma_remainder(double nu) {
  return nu >= large_real ? 0.5 * portable_log(2.0 * std::numbers::pi * nu) - log_bessel_correction(nu, 1.0)
                          : log_gamma(nu + 1.0) - nu * portable_log(nu) + nu;
}

/// The argument of the expansion: s = sqrt(nu^2 + r^2), and its correction of log I_nu.
struct Expanded {
  double s;
  double correction;

  Expanded(double nu, double r)
      : s(portable_hypot(nu, r)), correction(log_bessel_correction(s, square(nu / s))) {}
};

bool expansion_holds(double nu, double r) { return portable_hypot(nu, r) >= large_real; }

/// 1/z without the special cases of infinite arguments, which do not occur here.
std::complex<double> reciprocal(std::complex<double> z) { return std::conj(z) / std::norm(z); }

}  // namespace

SphereTilt sphere_tilt(double d, double r) {
  if (d == 1.0) {
    return two_point_tilt(r);
  }
  double nu = d / 2.0 - 1.0;
  if (std::isinf(r)) {
    return {.mean = 1.0, .gap = 0.0, .mean_over_r = 0.0, .variance = 0.0};
  }
  if (expansion_holds(nu, r)) {
    return expanded_tilt(nu, r);
  }
  // A_d = r / (d + r A_{d+2}), downwards in d, the stable direction.
  double steps = 0.0;
  for (; !expansion_holds(nu, r); ++nu) {
    ++steps;
  }
  SphereTilt tilt = expanded_tilt(nu, r);
  for (; steps > 0.0; --steps) {
    nu -= 1.0;
    const double order = 2.0 * (nu + 1.0);
    const double mean_over_r = 1.0 / (order + r * tilt.mean);
    tilt.variance = (order - r * r * tilt.variance) * square(mean_over_r);
    tilt.mean_over_r = mean_over_r;
    tilt.mean = r * mean_over_r;
  }
  tilt.gap = 1.0 - tilt.mean;
  return tilt;
}

std::complex<double> sphere_mean_ratio(double d, std::complex<double> v) {
  double nu = d / 2.0 - 1.0;
  double steps = 0.0;
  for (; std::norm(nu * nu + v) < square(square(large_complex)); ++nu) {
    ++steps;
  }
  const std::complex<double> square_s = nu * nu + v;
  const std::complex<double> s = portable_sqrt(square_s);
  const std::complex<double> inverse = reciprocal(square_s);
  const std::complex<double> slope = expansion_sums(s, nu * nu * inverse, v * inverse).slope;
  std::complex<double> ratio = reciprocal(s + nu) + slope * inverse;
  for (; steps > 0.0; --steps) {
    nu -= 1.0;
    ratio = reciprocal(2.0 * (nu + 1.0) + v * ratio);
  }
  return ratio;
}

double sphere_log_mgf(double d, double r) {
  if (d == 1.0) {
    return two_point_log_mgf(r);
  }
  const double nu = d / 2.0 - 1.0;
  // Where r is not large, the expansion's terms cancel or do not hold, and a few terms of the power series do.
  if (r < 4.0 || (r < large_real && nu < large_real)) {
    return portable_log1p(mgf_less_one(nu, r));
  }
  if (std::isinf(r)) {
    return r;
  }
  const Expanded at(nu, r);
  if (nu >= large_real) {
    const double excess = r * (r / (at.s + nu));  // s - nu
    return excess - nu * portable_log1p(excess / (2.0 * nu)) - 0.5 * portable_log1p(excess / nu) +
           (at.correction - log_bessel_correction(nu, 1.0));
  }
  return at.s + log_gamma(nu + 1.0) - nu * portable_log((nu + at.s) / 2.0) -
         0.5 * portable_log(2.0 * std::numbers::pi * at.s) + at.correction;
}

double sphere_log_inflation(double d, double r) {
  if (d == 1.0) {
    return portable_log1p(square(two_point_tilt(r).mean));
  }
  const double nu = d / 2.0 - 1.0;
  // Up to r = nu both logarithms are of the order of their difference.
  if (r <= nu || r < large_real) {
    return sphere_log_mgf(d, 2.0 * r) - 2.0 * sphere_log_mgf(d, r);
  }
  if (std::isinf(r)) {
    return r;
  }
  const Expanded once(nu, r);
  const Expanded twice(nu, 2.0 * r);
  // s(2r) - 2 s(r) = -3 nu^2 / (s(2r) + 2 s(r)); the terms of order r are gone.
  double sum = portable_log(2.0 * std::numbers::pi * once.s) -
               0.5 * portable_log(2.0 * std::numbers::pi * twice.s) + twice.correction -
               2.0 * once.correction;
  if (nu > 0.0) {
    sum += nu - nu * (3.0 * nu / (twice.s + 2.0 * once.s)) - log_gamma_remainder(nu) -
           nu * (ln2 + portable_log1p(twice.s / nu) - 2.0 * portable_log1p(once.s / nu));
  }
  return sum;
}

double sphere_mean_shift(double d, double r) {
  const SphereTilt once = sphere_tilt(d, r);
  const SphereTilt twice = sphere_tilt(d, 2.0 * r);
  return once.mean < 0.5 ? twice.mean - once.mean : once.gap - twice.gap;
}

}  // namespace asymptoken::detail
