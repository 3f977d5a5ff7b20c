#include "special/gauss_legendre.hpp"

#include <numbers>

#include "special/portable.hpp"

namespace asymptoken::detail {

std::vector<QuadratureNode> gauss_legendre(int count, double length) {
  std::vector<QuadratureNode> nodes;
  const auto n = static_cast<double>(count);
  for (int i = 0; i < count; ++i) {
    // Newton's method from Tricomi's approximation, which is within 1/n^2 of the root; four steps reach rounding.
    double x = -portable_sincos(std::numbers::pi * (i + 0.75) / (n + 0.5)).cosine;
    double derivative = 0.0;
    for (int iteration = 0; iteration < 5; ++iteration) {
      double previous = 0.0;
      double value = 1.0;
      for (double k = 1.0; k <= n; ++k) {
        const double next = ((2.0 * k - 1.0) * x * value - (k - 1.0) * previous) / k;
        previous = value;
        value = next;
      }
      derivative = n * (previous - x * value) / (1.0 - x * x);
      x -= value / derivative;
    }
    nodes.push_back(
        {.x = (1.0 + x) * length / 2.0, .weight = length / ((1.0 - x * x) * derivative * derivative)});
  }
  return nodes;
}

}  // namespace asymptoken::detail
