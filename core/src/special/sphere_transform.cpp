#include "special/sphere_transform.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <functional>
#include <limits>
#include <numbers>
#include <optional>
#include <vector>

#include "special/chebyshev_table.hpp"
#include "special/portable.hpp"
#include "special/sphere_functions.hpp"

// The method. [derived]
//
// 1. Weighting by T_i raises the i-th Dirichlet parameter by one: E[F(q) T_i] = E_i[F(q)]/d. The scale goes into
//    x_k = (R^2 s_k)^2 and v = sum_k x_k T_k, so that lambda_i = (R^2/d) x_i E_i[F(v)] with F(v) = A_d(sqrt v)^2 / v.
// 2. With b = d/2 + 1, E_i[(1 - v/z)^-b] = G_i(z) = (1 - x_i/z)^-1 prod_k (1 - x_k/z)^{-1/2}: a product, for any spectrum.
// 3. F is analytic off the negative axis. Cauchy's formula on the two rays arg z = +-theta, with
//    1/(z - v) = (1/z) (b-1) int_0^1 (1-t)^{b-2} (1 - t v/z)^-b dt, gives after z -> z t
//        E_i[F(v)] = -(1/pi) Im int_{-inf}^{inf} G_i(z) K(z) d(log |z|), arg z = theta,
//        K(z) = (b-1) int_0^1 (1-t)^{b-2} F(t z) dt.
//    Only G_i knows the spectrum, only K knows F; nothing oscillates, nothing is singular, whatever the spectrum.
// 4. In log |z| the integrand is analytic in a strip bounded by F's poles at arg z = pi and by |G_i| = 1 at arg z = pi/2.
//    theta = 3 pi/4 lies in the middle: the trapezoidal rule with step h errs by about e^{-pi^2/(2h)} in every dimension.
// 5. What is known is taken out first, so that the integrand falls off fast at both ends: F(0) (1 + v/a)^-b, whose
//    expectation is the product F(0) G_i(-a), to first order at v = 0; and the point mass at c_i = E_i[v], to first order
//    at v = infinity. By Jensen's inequality what is left adds to F(c_i), so nothing cancels.

namespace asymptoken::detail {

namespace {

using Complex = std::complex<double>;

constexpr double theta = 0.75 * std::numbers::pi;
constexpr Complex ray(-std::numbers::sqrt2 / 2.0, std::numbers::sqrt2 / 2.0);               ///< e^{i theta}
constexpr Complex minus_inverse_ray(std::numbers::sqrt2 / 2.0, std::numbers::sqrt2 / 2.0);  ///< -1/ray

constexpr double zero = -std::numeric_limits<double>::infinity();  ///< the logarithm of zero
constexpr double underflow = 1e-290;                               ///< what is smaller has no digits to lose
constexpr double negligible = 1e-17;
constexpr double step = 1.0 / 8.0;  ///< e^{-pi^2/(2 step)} = 7e-18

/// log(1 + e^t), any t.
double log1p_exp(double t) {
  return t > 0.0 ? t + portable_log1p(portable_exp(-t)) : portable_log1p(portable_exp(t));
}

/// A complex number times e^log_scale: G_i has factors of any size.
struct Scaled {
  Complex number;
  double log_scale;
};

/// (1 - x/z)^{-1/2} with log |x/z| = t and z on the ray. The number's modulus is at most 1.
Scaled root_factor(double t) {
  const Complex number =
      t > 0.0 ? portable_exp(-t) + minus_inverse_ray : 1.0 + minus_inverse_ray * portable_exp(t);
  const Complex root = portable_sqrt(number);
  return {.number = std::conj(root) / std::norm(root), .log_scale = -0.5 * std::max(t, 0.0)};
}

Complex power(Complex base, std::int64_t exponent) {
  Complex result = 1.0;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) {
      result *= base;
    }
    base *= base;
  }
  return result;
}

/// F on the ray: F(z) at log |z|.
struct OnRay {
  double d;

  Complex operator()(double xi) const {
    const Complex ratio = sphere_mean_ratio(d, ray * portable_exp(xi));
    return ratio * ratio;
  }
};

/// K(z) of the sphere of R^d, less F(0) (1 + z/a)^-1, which is what F(0) (1 + v/a)^-b contributes to it.
class Kernel {
 public:
  explicit Kernel(double d) : d_(d), asymptotic_(83.0 + 4.0 * portable_log(d)), F_(OnRay{d}) {}

  double b() const { return d_ / 2.0 + 1.0; }
  double at_zero() const { return 1.0 / (d_ * d_); }
  double log_a() const { return portable_log(d_) + 2.0 * portable_log((d_ + 2.0) / 2.0); }

  /// |z| times the kernel at log |z| = xi.
  Complex operator()(double xi) {
    if (xi > asymptotic_) {
      return far(xi);
    }
    const Complex z = ray * portable_exp(xi - log_a());
    return portable_exp(xi) * (average(xi) - at_zero() / (1.0 + z));
  }

 private:
  /// K(z) = (b-1) (log z + constant)/z once the next term, of relative order d^{3/2} |z|^{-1/2}, is below rounding.
  Complex far(double xi) {
    if (!far_constant_) {
      far_constant_ =
          average(asymptotic_) * portable_exp(asymptotic_) * ray / (b() - 1.0) - Complex(asymptotic_, theta);
    }
    return ((b() - 1.0) * (Complex(xi, theta) + *far_constant_) - at_zero() * portable_exp(log_a())) / ray;
  }

  /// (b-1) int_0^1 (1-t)^{b-2} F(t z) dt by the trapezoidal rule in tau, log(t/(1-t)) = tau with both ends bent so
  /// that they fall off doubly exponentially.
  Complex average(double xi) {
    const double bend = std::min(-portable_log(b()), 2.0 * portable_log(d_) - xi) - 2.0;
    Complex sum = 0.0;
    for (double tau = bend - 3.75;; tau += step) {
      const double left = portable_exp(bend - tau);
      const double right = portable_exp(tau - 2.0);
      const double eta = tau - left + right;
      const double log_remainder = -log1p_exp(eta);  // log(1-t)
      if (-(b() - 1.0) * log_remainder > 40.0) {
        break;
      }
      const double log_t = eta + log_remainder;
      sum += portable_exp(log_t + (b() - 1.0) * log_remainder) * (1.0 + left + right) * F_(xi + log_t);
    }
    return (b() - 1.0) * step * sum;
  }

  double d_;
  double asymptotic_;
  ChebyshevTable<OnRay> F_;
  std::optional<Complex> far_constant_;
};

/// One distinct value of the spectrum.
struct Level {
  double log_x;
  std::int64_t multiplicity;
  double log_mean;  ///< log c_i
  double scale;     ///< x_i F(c_i), a lower bound of the result
  double known;     ///< what step 5 takes out, times x_i
};

/// log(sum_k x_k (1/2 + [k = i]) / b)
double log_mean(const std::vector<Level>& levels, std::size_t i, double b) {
  const double largest = levels.front().log_x;
  double sum = 0.0;
  for (std::size_t k = 0; k < levels.size(); ++k) {
    sum += (0.5 * static_cast<double>(levels[k].multiplicity) + (k == i ? 1.0 : 0.0)) *
           portable_exp(levels[k].log_x - largest);
  }
  return largest + portable_log(sum / b);
}

void take_out_what_is_known(std::vector<Level>& levels, double d, const Kernel& kernel) {
  const double log_a = kernel.log_a();
  double product = 0.0;
  for (const Level& level : levels) {
    product -= 0.5 * static_cast<double>(level.multiplicity) * log1p_exp(level.log_x - log_a);
  }
  for (std::size_t i = 0; i < levels.size(); ++i) {
    Level& level = levels[i];
    level.log_mean = log_mean(levels, i, kernel.b());
    const double mean = sphere_tilt(d, portable_exp(level.log_mean / 2.0)).mean;
    level.scale = portable_exp(level.log_x - level.log_mean) * mean * mean;
    const double log_at_zero = level.log_x + portable_log(kernel.at_zero());
    level.known = level.scale + portable_exp(log_at_zero + product - log1p_exp(level.log_x - log_a)) -
                  portable_exp(log_at_zero - kernel.b() * log1p_exp(level.log_mean - log_a));
  }
}

/// Adds x_i times the integrand of step 3 to `sums`; returns the largest relative to the result's scale.
double add_node(const std::vector<Level>& levels, Kernel& kernel, double xi, std::vector<double>& sums) {
  const Complex weight = kernel(xi);
  const auto twice_b = static_cast<std::int64_t>(2.0 * kernel.b());
  std::vector<Scaled> roots;
  Scaled product{.number = 1.0, .log_scale = 0.0};
  for (const Level& level : levels) {
    const Scaled root = roots.emplace_back(root_factor(level.log_x - xi));
    product.number *= power(root.number, level.multiplicity);
    product.log_scale += static_cast<double>(level.multiplicity) * root.log_scale;
  }
  double largest = 0.0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double log_y = levels[i].log_x - xi;
    const Scaled at_mean = root_factor(levels[i].log_mean - xi);
    const Complex spread = product.number * roots[i].number * roots[i].number *
                           portable_exp(log_y + product.log_scale + 2.0 * roots[i].log_scale);
    const Complex point = power(at_mean.number, twice_b) *
                          portable_exp(log_y + static_cast<double>(twice_b) * at_mean.log_scale);
    const Complex term = weight * (spread - point);
    sums[i] -= term.imag() / std::numbers::pi;
    largest = std::max(largest, std::norm(term) / (levels[i].scale * levels[i].scale));
  }
  return std::sqrt(largest);
}

/// Sums of the integrand over origin + k spacing, k = ..., -1, 0, 1, ...: outwards until nothing comes any more. The
/// integrand has one hump for each scale of the spectrum, never with a gap between.
std::vector<double> sum_nodes(const std::vector<Level>& levels, Kernel& kernel, double origin,
                              double spacing) {
  std::vector<double> sums(levels.size(), 0.0);
  for (const double direction : {1.0, -1.0}) {
    double quiet = 0.0;
    for (double k = direction > 0.0 ? 0.0 : 1.0; quiet < 2.0; ++k) {
      const double size = add_node(levels, kernel, origin + direction * k * spacing, sums);
      quiet = size < negligible ? quiet + spacing : 0.0;
    }
  }
  return sums;
}

/// The distinct values of the spectrum, largest first; zeros are left out, as they change no product.
std::vector<Level> levels_of(std::vector<double> logs) {
  std::ranges::sort(logs, std::greater<>());
  std::vector<Level> levels;
  for (const double log_x : logs) {
    if (log_x == zero) {
      break;
    }
    if (levels.empty() || log_x != levels.back().log_x) {
      levels.push_back({.log_x = log_x, .multiplicity = 0, .log_mean = 0.0, .scale = 0.0, .known = 0.0});
    }
    ++levels.back().multiplicity;
  }
  return levels;
}

struct Expectations {
  std::vector<double> values;  ///< x_i E_i[F(v)] of each level
  double relative_error;
};

Expectations expectations_at(std::vector<Level> levels, double d) {
  Kernel kernel(d);
  take_out_what_is_known(levels, d, kernel);
  Expectations result{.values = {}, .relative_error = 0.0};
  if (levels.size() == 1 && static_cast<double>(levels.front().multiplicity) == d) {
    result.values.push_back(levels.front().scale);  // v is a constant
    return result;
  }
  // The rule with twice the step is half of the nodes: halving a step squares the error, so their difference is about the
  // square root of the error that is left.
  const double origin =
      levels.front().log_mean + portable_log(kernel.b());  // where G_i begins to differ from 1
  double spacing = 2.0 * step;
  std::vector<double> sums = sum_nodes(levels, kernel, origin, spacing);
  for (int halvings = 0; halvings < 4; ++halvings) {
    const std::vector<double> between = sum_nodes(levels, kernel, origin + spacing / 2.0, spacing);
    double change = 0.0;
    result.values.clear();
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const double coarse = levels[i].known + spacing * sums[i];
      sums[i] += between[i];
      result.values.push_back(levels[i].known + spacing / 2.0 * sums[i]);
      const double size = std::max(result.values[i], underflow);
      change = std::max(change, std::abs(result.values[i] - coarse) / size);
    }
    result.relative_error = change * change;
    spacing /= 2.0;
    if (result.relative_error < 1e-14) {
      break;
    }
  }
  return result;
}

}  // namespace

SphereTransform sphere_transform(double radius, const Vector& singular_values) {
  const auto d = static_cast<double>(singular_values.size());
  std::vector<double> logs;
  for (const double s : singular_values) {
    // Denormal numbers count as zero: their squares are far out of range.
    const bool is_zero = s < std::numeric_limits<double>::min();
    logs.push_back(is_zero ? zero : 2.0 * (portable_log(s) + 2.0 * portable_log(radius)));
  }
  const std::vector<Level> levels = levels_of(logs);
  SphereTransform result{.eigenvalues = Vector::Zero(singular_values.size()), .relative_error = 0.0};
  if (levels.empty()) {
    return result;
  }
  const Expectations expectations = expectations_at(levels, d);
  for (Index k = 0; k < singular_values.size(); ++k) {
    const auto level = std::ranges::find(levels, logs[static_cast<std::size_t>(k)], &Level::log_x);
    if (level != levels.end()) {
      result.eigenvalues[k] =
          radius * radius / d * expectations.values[static_cast<std::size_t>(level - levels.begin())];
    }
  }
  result.relative_error = expectations.relative_error;
  return result;
}

}  // namespace asymptoken::detail
