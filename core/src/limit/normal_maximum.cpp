#include <cmath>
#include <numbers>

#include "asymptoken/error.hpp"
#include "asymptoken/hardmax.hpp"
#include "special/normal_tail.hpp"
#include "special/portable.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

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
