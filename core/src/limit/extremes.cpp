#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/hardmax.hpp"
#include "special/normal_tail.hpp"
#include "special/portable.hpp"
#include "special/sphere_caps.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

/// Where a cap of the unit sphere has the mass 1/n, and 0 when none smaller than the half has.
double cap_of_one_token(const detail::SphereCaps& caps, double n) {
  double low = 0.0;
  double high = 1.0;
  while (n * caps.mass(high) > 1.0) {
    high *= 2.0;
  }
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (n * caps.mass(middle) > 1.0 ? low : high) = middle;
  }
  return low;
}

/// The density of u_n, where tanh u_n is the largest cosine: n f (1-p)^{n-1} for the mass p(u) of caps, f = -p'.
double density(const detail::SphereCaps& caps, double n, double u) {
  const double mass = caps.mass(std::abs(u));
  const double log_outside = u < 0.0 ? portable_log(mass) : portable_log1p(-mass);
  return n * caps.density(std::abs(u)) * portable_exp((n - 1.0) * log_outside);
}

/// E max = int x n phi(x) Phi(x)^{n-1} dx. |Phi(x+iy)^n| stays bounded for |y| < pi/(2 sqrt(2 ln n)), so the trapezoidal rule
/// with this step errs by less than e^-70 up to n = 1e15.
double mean_maximum(double n, double leading) {
  constexpr double step = 1.0 / 64.0;
  const double log_factor = portable_log(n) - 0.5 * portable_log(2.0 * std::numbers::pi);
  // Beyond, the density is below e^-40 of its peak.
  const double lowest = -10.0;
  const double highest = leading + 9.0;
  double sum = 0.0;
  for (double k = std::floor(lowest / step); k * step < highest; ++k) {
    const double x = k * step;
    sum += x * portable_exp(log_factor - 0.5 * x * x + (n - 1.0) * detail::log_normal_distribution(x));
  }
  return step * sum;
}

}  // namespace

// With w = tanh u the density of u_n is analytic in a strip about the line, of half-width pi/2 (the poles of tanh) or pi/2
// over the rate at which caps shrink, and decays on both sides: the trapezoidal rule errs by e^{-pi^2 / step} or less, the
// step counted in half-widths. [derived]
LargestCosine largest_cosine(Index dimension, double n) {
  if (dimension < 2) {
    throw Error("law.dimension", std::to_string(dimension), "at least 2");
  }
  if (!(n >= 1.0) || std::isinf(n)) {
    throw Error("tokens", detail::text_of(n), "a finite number of at least 1");
  }
  const detail::SphereCaps caps(static_cast<double>(dimension));
  const double origin = cap_of_one_token(caps, n);
  const double step = 0.2 / std::max(1.0, caps.rate(origin));
  constexpr double negligible = 1e-18;
  LargestCosine cosine{.mean_distance = 0.0, .mean_gap = 0.0, .mean_squared_sine = 0.0};
  const auto add = [&](double u) {
    const double probability = step * density(caps, n, u);
    const double half_versine = 1.0 / (1.0 + portable_exp(2.0 * u));
    cosine.mean_distance += probability * 2.0 * std::sqrt(half_versine);
    cosine.mean_gap += probability * 2.0 * half_versine;
    cosine.mean_squared_sine += probability * 4.0 * half_versine * (1.0 - half_versine);
    return probability;
  };
  const double central = add(origin);
  for (const double direction : {step, -step}) {
    double largest = central;
    double probability = central;
    for (double k = 1.0; probability > negligible * largest; ++k) {
      probability = add(origin + direction * k);
      largest = std::max(largest, probability);
    }
  }
  return cosine;
}

NormalMaximum normal_maximum(double n) {
  if (!(n >= 1.0) || std::isinf(n)) {
    throw Error("tokens", detail::text_of(n), "a finite number of at least 1");
  }
  const double log_n = portable_log(n);
  const double leading = std::sqrt(2.0 * log_n);
  const double correction =
      portable_log(log_n) + portable_log(4.0 * std::numbers::pi) - 2.0 * std::numbers::egamma;
  return {.mean = n == 1.0 ? 0.0 : mean_maximum(n, leading),
          .leading = leading,
          .second_order = leading - correction / (2.0 * leading)};
}

}  // namespace asymptoken
