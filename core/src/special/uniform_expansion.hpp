#pragma once

#include <array>
#include <complex>
#include <cstddef>

namespace asymptoken::detail {

// The modified Bessel function of the first kind for a large order or a large argument, in one expansion for both.
//
// y(x) = x I_nu'(x) / I_nu(x) solves the Riccati equation x y' + y^2 = x^2 + nu^2, which is Bessel's equation. With
// s = sqrt(nu^2 + x^2) and u = nu^2/s^2 its formal solution is y = s + sum_{k>=1} s^{1-k} (1-u) Z_k(u), the polynomials
// Z_k (degree k-1) following from each other. It is Debye's expansion, but in powers of 1/s instead of 1/nu: it holds
// uniformly in nu >= 0 and x, real or with |arg x| < pi/2, once s is large. [derived]

inline constexpr std::size_t expansion_terms = 16;

/// Coefficients of Z_k(u) in ascending powers of u are row k; row 0 is not used.
using ExpansionTable = std::array<std::array<double, expansion_terms>, expansion_terms + 1>;

consteval ExpansionTable riccati_polynomials() {
  ExpansionTable Z{};
  Z[1][0] = -0.5;
  for (std::size_t k = 2; k <= expansion_terms; ++k) {
    // -2 Z_k = (1-u) [(2-k) Z_{k-1} - 2u Z_{k-1}' + sum_{j=1}^{k-1} Z_j Z_{k-j}] + 2u Z_{k-1}
    std::array<double, expansion_terms + 1> bracket{};
    for (std::size_t i = 0; i + 1 < k; ++i) {
      bracket[i] = (2.0 - static_cast<double>(k) - 2.0 * static_cast<double>(i)) * Z[k - 1][i];
    }
    for (std::size_t j = 1; j < k; ++j) {
      for (std::size_t a = 0; a < j; ++a) {
        for (std::size_t b = 0; b < k - j; ++b) {
          bracket[a + b] += Z[j][a] * Z[k - j][b];
        }
      }
    }
    for (std::size_t i = 0; i < k; ++i) {
      const double below = i == 0 ? 0.0 : 2.0 * Z[k - 1][i - 1] - bracket[i - 1];
      Z[k][i] = -0.5 * (bracket[i] + below);
    }
  }
  return Z;
}

inline constexpr ExpansionTable riccati_table = riccati_polynomials();

/// What the expansion gives, T real or complex.
template <class T>
struct ExpansionSums {
  T slope;       ///< sum_{k>=1} s^{1-k} Z_k(u); I_{nu+1}(x) / (x I_nu(x)) = 1/(s+nu) + slope/s^2
  T derivative;  ///< d/dx of I_{nu+1}/I_nu = nu/(s(s+nu)) + derivative/s^2
};

/// Both sums at s, u = nu^2/s^2 and one_minus_u = x^2/s^2 (given, because it may be tiny).
template <class T>
ExpansionSums<T> expansion_sums(T s, T u, T one_minus_u) {
  const T step = 1.0 / s;
  T power = 1.0;
  ExpansionSums<T> sums{};
  for (std::size_t k = 1; k <= expansion_terms; ++k) {
    T value = 0.0;
    T derivative = 0.0;
    for (std::size_t i = k; i-- > 0;) {
      derivative = derivative * u + value;
      value = value * u + riccati_table[k][i];
    }
    sums.slope += power * value;
    // x d/dx of s^{-1-k} Z_k(u), because x ds/dx = s (1-u) and x du/dx = -2u (1-u).
    sums.derivative += power * ((1.0 - static_cast<double>(k + 1) * one_minus_u) * value -
                                2.0 * u * one_minus_u * derivative);
    power *= step;
    if (std::norm(power) < 1e-48) {
      break;
    }
  }
  return sums;
}

/// sum_{k>=1} s^{-k} L_k(u), the last term of
/// log I_nu(x) = s + nu log(x/(nu+s)) - log(2 pi s)/2 + sum, with L_k = -sum_i z_{k+1,i}/(k+2i) u^i for
/// Z_{k+1} = sum_i z_{k+1,i} u^i. At x -> 0 it is Stirling's series of log Gamma(nu+1).
inline double log_bessel_correction(double s, double u) {
  double sum = 0.0;
  double power = 1.0;
  for (std::size_t k = 1; k < expansion_terms; ++k) {
    double value = 0.0;
    for (std::size_t i = k + 1; i-- > 0;) {
      value = value * u - riccati_table[k + 1][i] / static_cast<double>(k + 2 * i);
    }
    power /= s;
    sum += power * value;
  }
  return sum;
}

}  // namespace asymptoken::detail
