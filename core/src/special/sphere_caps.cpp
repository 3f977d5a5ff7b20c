#include "special/sphere_caps.hpp"

#include <numbers>

#include "special/portable.hpp"

namespace asymptoken::detail {

namespace {

double half_versine(double u) { return 1.0 / (1.0 + portable_exp(2.0 * u)); }

}  // namespace

SphereCaps::SphereCaps(double dimension) : a_((dimension - 1.0) / 2.0), half_(series(0.5)) {}

double SphereCaps::mass(double u) const { return 0.5 * power(u) * (series(half_versine(u)) / half_); }

double SphereCaps::density(double u) const { return a_ / half_ * power(u); }

double SphereCaps::rate(double u) const { return 2.0 * a_ / series(half_versine(u)); }

double SphereCaps::log_constant() const { return (a_ - 1.0) * std::numbers::ln2 - portable_log(half_); }

/// Positive terms; for x <= 1/2 their ratios are below 1 and decrease to x.
double SphereCaps::series(double x) const {
  double term = 1.0;
  double sum = 0.0;
  for (double k = 0.0; term > 1e-18 * sum; ++k) {
    sum += term;
    term *= x * ((2.0 * a_ + k) / (a_ + 1.0 + k));
  }
  return sum;
}

/// sech^{2a}(u)
double SphereCaps::power(double u) const {
  return portable_exp(-2.0 * a_ * (u + portable_log1p(portable_exp(-2.0 * u)) - std::numbers::ln2));
}

}  // namespace asymptoken::detail
