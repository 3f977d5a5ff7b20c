#include "special/normal_tail.hpp"

#include <cmath>
#include <numbers>

#include "special/portable.hpp"

namespace asymptoken::detail {

namespace {

constexpr double pi = std::numbers::pi;

/// 1/2 - phi(x) sum_k x^{2k+1} / (1 3 5 ... (2k+1)).
double tail_near_zero(double x) {
  double term = x;
  double sum = 0.0;
  for (double k = 3.0; term > 1e-18 * sum; k += 2.0) {
    sum += term;
    term *= x * x / k;
  }
  return 0.5 - portable_exp(-0.5 * x * x) / std::sqrt(2.0 * pi) * sum;
}

/// The trapezoidal rule with step h for P(z > x) = (r/pi) e^{-r^2} int_0^inf e^{-t^2} / (t^2 + r^2) dt, r = x / sqrt 2. Its
/// error is e^{-(pi/h)^2} of the integral, and the residue of the pole at i r while that lies closer than pi/h.
double tail_by_trapezoids(double x) {
  constexpr double h = 0.5;
  const double square = 0.5 * x * x;
  const double r = std::sqrt(square);
  double sum = 0.5 / square;
  for (double t = h; t < 6.5; t += h) {
    sum += portable_exp(-t * t) / (square + t * t);
  }
  const double integral = h * r / pi * portable_exp(-square) * sum;
  return r < pi / h ? integral - 1.0 / portable_expm1(2.0 * pi * r / h) : integral;
}

}  // namespace

double normal_tail(double x) { return x < 0.75 ? tail_near_zero(x) : tail_by_trapezoids(x); }

double log_normal_distribution(double x) {
  return x < 0.0 ? portable_log(normal_tail(-x)) : portable_log1p(-normal_tail(x));
}

}  // namespace asymptoken::detail
