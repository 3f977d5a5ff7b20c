#include "special/log_gamma.hpp"

#include <numbers>

#include "special/portable.hpp"
#include "special/uniform_expansion.hpp"

namespace asymptoken::detail {

double log_gamma(double x) {
  // Stirling's series after a shift to where it is exact to rounding.
  constexpr double large = 50.0;
  double product = 1.0;
  for (; x < large; ++x) {
    product *= x;
  }
  const double stirling = (x - 0.5) * portable_log(x) - x + 0.5 * portable_log(2.0 * std::numbers::pi);
  return stirling - log_bessel_correction(x, 1.0) - portable_log(product);
}

}  // namespace asymptoken::detail
