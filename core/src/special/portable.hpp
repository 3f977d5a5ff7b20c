#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>

#include "special/log.hpp"

namespace asymptoken {

// Elementary functions from + - * / sqrt and bit operations only: the same bits natively and in a browser, where a libm
// differs from the next in the last bit. About 2 ulp each.

/// e^x for every x.
inline double portable_exp(double x) {
  constexpr double highest = 709.782712893384;
  constexpr double lowest = -745.2;
  if (!(x <= highest)) {
    return x > highest ? std::numeric_limits<double>::infinity() : x;
  }
  if (x < lowest) {
    return 0.0;
  }
  // x = k ln 2 + r; adding the constant leaves k in the low bits. Its product with the high part of ln 2 is exact.
  constexpr double rounding = 6755399441055744.0;
  const double k = (x * 1.44269504088896340736 + rounding) - rounding;
  const double r = (x - k * 0x1.62e42fefap-1) - k * 0x1.cf79abc9e3b3ap-40;
  double q = 1.0 / 6227020800.0;
  for (const double coefficient :
       {1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0, 1.0 / 5040.0,
        1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5}) {
    q = q * r + coefficient;
  }
  const double value = 1.0 + (r + r * r * q);
  const auto power = [](std::int64_t exponent) { return std::bit_cast<double>((exponent + 1023) << 52); };
  const auto exponent = static_cast<std::int64_t>(k);
  const std::int64_t half = exponent / 2;  // in two steps, as 2^k alone may leave the range
  return value * power(half) * power(exponent - half);
}

/// ln(1+x), x > -1, relative to its size. W. Kahan's form: the error of 1+x cancels.
inline double portable_log1p(double x) {
  if (!(x <= std::numeric_limits<double>::max())) {
    return x;
  }
  const double u = 1.0 + x;
  return u == 1.0 ? x : portable_log(u) * (x / (u - 1.0));
}

/// e^x - 1, relative to its size. Kahan's form again.
inline double portable_expm1(double x) {
  const double u = portable_exp(x);
  if (u == 1.0) {
    return x;
  }
  return u < 0.5 || u > 2.0 ? u - 1.0 : (u - 1.0) * (x / portable_log(u));
}

struct SineCosine {
  double sine;
  double cosine;
};

/// sin x and cos x for |x| up to 1e6, within 2e-16 of their values; the sine relative to its size near 0.
inline SineCosine portable_sincos(double x) {
  // x = k pi/2 + r. The first two parts of pi/2 have 33 bits: their products with k < 2^20 are exact.
  constexpr double rounding = 6755399441055744.0;
  const double k = (x * 0x1.45f306dc9c883p-1 + rounding) - rounding;
  const double r = ((x - k * 0x1.921fb544p+0) - k * 0x1.0b4611a6p-34) - k * 0x1.3198a2e037073p-69;
  const double z = r * r;
  double s = 1.0 / 355687428096000.0;
  for (const double coefficient : {-1.0 / 1307674368000.0, 1.0 / 6227020800.0, -1.0 / 39916800.0,
                                   1.0 / 362880.0, -1.0 / 5040.0, 1.0 / 120.0, -1.0 / 6.0}) {
    s = s * z + coefficient;
  }
  double c = 1.0 / 20922789888000.0;
  for (const double coefficient : {-1.0 / 87178291200.0, 1.0 / 479001600.0, -1.0 / 3628800.0, 1.0 / 40320.0,
                                   -1.0 / 720.0, 1.0 / 24.0, -0.5}) {
    c = c * z + coefficient;
  }
  const double sine = r + r * z * s;
  const double cosine = 1.0 + z * c;
  switch (static_cast<std::int64_t>(k) & 3) {
    case 0:
      return {.sine = sine, .cosine = cosine};
    case 1:
      return {.sine = cosine, .cosine = -sine};
    case 2:
      return {.sine = -sine, .cosine = -cosine};
    default:
      return {.sine = -cosine, .cosine = sine};
  }
}

/// sqrt(x^2 + y^2) without overflow.
inline double portable_hypot(double x, double y) {
  const double large = std::max(std::abs(x), std::abs(y));
  const double small = std::min(std::abs(x), std::abs(y));
  if (large == 0.0 || std::isinf(large)) {
    return large;
  }
  const double ratio = small / large;
  return large * std::sqrt(1.0 + ratio * ratio);
}

/// The square root with real part >= 0, |z| far from overflow and underflow, z not negative real.
inline std::complex<double> portable_sqrt(std::complex<double> z) {
  const double modulus = portable_hypot(z.real(), z.imag());
  // The larger part first: the other follows without cancellation.
  if (z.real() >= 0.0) {
    const double real = std::sqrt((modulus + z.real()) / 2.0);
    return {real, z.imag() / (2.0 * real)};
  }
  const double imaginary = std::copysign(std::sqrt((modulus - z.real()) / 2.0), z.imag());
  return {z.imag() / (2.0 * imaginary), imaginary};
}

}  // namespace asymptoken
