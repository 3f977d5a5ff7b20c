#include "special/box_transform.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "special/gauss_legendre.hpp"
#include "special/portable.hpp"

// The method. [derived]
//
// 1. L(x) = 2 int_0^inf n(w) sin(w x) dw with n(w) = 1/(e^{pi w} - 1): the sum over the poles 2x/(x^2 + pi^2 k^2) of L, each
//    of which is 2 int e^{-pi k w} sin(w x) dw.
// 2. So E[L(X) L(Y)] = 2 int int n(w) n(v) [phi(w, -v) - phi(w, v)] dw dv over w, v > 0, where phi is the characteristic
//    function of (X, Y): prod_k sinc(a_k w + b_k v) for X = sum_k a_k u_k, Y = sum_k b_k u_k. The bracket vanishes where n is
//    singular, so the integrand is analytic; n cuts it off.
// 3. Gauss-Legendre on [0, cutoff]. The bracket is built up factor by factor from differences of two sinc, so that small
//    slopes keep their digits.

namespace asymptoken::detail {

namespace {

constexpr double cutoff = 11.0;  ///< n is 1e-15 there
constexpr double negligible = 1e-19;
constexpr double most_work = 7000.0;  ///< d times nodes

/// a, sin a, cos a of one coordinate's slope times one node.
struct Angle {
  double a;
  double sine;
  double cosine;
};

/// sin x / x
double sinc(double x, double sine) {
  if (std::abs(x) > 0.5) {
    return sine / x;
  }
  const double z = x * x;
  return 1.0 -
         z / 6.0 *
             (1.0 - z / 20.0 * (1.0 - z / 42.0 * (1.0 - z / 72.0 * (1.0 - z / 110.0 * (1.0 - z / 156.0)))));
}

/// sinc(a - b) - sinc(a + b) for |a| + |b| < 1: (z - y) times the divided difference of the power series at z = (a + b)^2
/// and y = (a - b)^2.
double small_difference(double a, double b) {
  const double z = (a + b) * (a + b);
  const double y = (a - b) * (a - b);
  double coefficient = 1.0 / 6.0;
  double power = 1.0;     // y^k
  double complete = 1.0;  // sum_i z^i y^{k-i}
  double sum = coefficient;
  for (double k = 1.0; k < 9.0; ++k) {
    power *= y;
    complete = complete * z + power;
    coefficient /= -(2.0 * k + 2.0) * (2.0 * k + 3.0);
    sum += coefficient * complete;
  }
  return 4.0 * a * b * sum;
}

/// Whether a and b differ so much that the quotient below does not cancel.
bool are_apart(double a, double b) { return std::abs(a * a - b * b) > 0.5 * (a * a + b * b); }

/// One factor of the two products.
struct Factor {
  double at_sum;      ///< sinc(a + b)
  double difference;  ///< sinc(a - b) - sinc(a + b)
};

Factor factor(const Angle& x, const Angle& y) {
  const double a = x.a;
  const double b = y.a;
  const double at_sum = sinc(a + b, x.sine * y.cosine + x.cosine * y.sine);
  if (std::abs(a) + std::abs(b) < 1.0) {
    return {.at_sum = at_sum, .difference = small_difference(a, b)};
  }
  if (are_apart(a, b)) {
    const double numerator = b * x.sine * y.cosine - a * x.cosine * y.sine;
    return {.at_sum = at_sum, .difference = 2.0 * numerator / ((a - b) * (a + b))};
  }
  return {.at_sum = at_sum, .difference = sinc(a - b, x.sine * y.cosine - x.cosine * y.sine) - at_sum};
}

/// phi(w, -v) - phi(w, v).
double bracket(const Angle* x, const Angle* y, Index d, double weight) {
  double at_sum = 1.0;
  double difference = 0.0;
  for (Index k = 0; k < d; ++k) {
    const Factor next = factor(x[k], y[k]);
    difference = difference * (next.at_sum + next.difference) + at_sum * next.difference;
    at_sum *= next.at_sum;
    // No later factor exceeds 1.
    if (k % 4 == 3 && weight * std::max(std::abs(difference), std::abs(at_sum)) < negligible) {
      return 0.0;
    }
  }
  return difference;
}

}  // namespace

std::optional<Matrix> box_transform(const Matrix& slopes) {
  const Index d = slopes.rows();
  const double steepest = slopes.cwiseAbs().rowwise().sum().maxCoeff();
  const double count = 32.0 + 6.0 * steepest;
  if (!(static_cast<double>(d) * count <= most_work)) {
    return std::nullopt;
  }
  const std::vector<QuadratureNode> nodes = gauss_legendre(static_cast<int>(count), cutoff);
  const auto size = static_cast<Index>(nodes.size());
  std::vector<double> weights;
  for (const QuadratureNode& node : nodes) {
    weights.push_back(node.weight / portable_expm1(std::numbers::pi * node.x));
  }
  // Row i's angles at node m, one for each k.
  std::vector<Angle> angles;
  for (Index i = 0; i < d; ++i) {
    for (const QuadratureNode& node : nodes) {
      for (Index k = 0; k < d; ++k) {
        const double a = slopes(i, k) * node.x;
        const SineCosine at = portable_sincos(a);
        angles.push_back({.a = a, .sine = at.sine, .cosine = at.cosine});
      }
    }
  }
  const auto angle = [&](Index i, Index m) { return angles.data() + (i * size + m) * d; };
  Matrix result(d, d);
  for (Index i = 0; i < d; ++i) {
    for (Index j = 0; j <= i; ++j) {
      double sum = 0.0;
      for (Index m = 0; m < size; ++m) {
        for (Index l = 0; l < size; ++l) {
          const double weight = weights[static_cast<std::size_t>(m)] * weights[static_cast<std::size_t>(l)];
          if (weight > negligible) {
            sum += weight * bracket(angle(i, m), angle(j, l), d, weight);
          }
        }
      }
      result(i, j) = result(j, i) = 2.0 * sum;
    }
  }
  return result;
}

}  // namespace asymptoken::detail
