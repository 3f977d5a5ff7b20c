#include <algorithm>

#include "asymptoken/error.hpp"
#include "asymptoken/hardmax.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

/// Tokens v sqrt(2 ln n) standard deviations out number n^{1-v^2}, and have the weight n^{2bv} against n^{1+b^2} of all. The
/// typical error comes from those at v = 2b, or at v = 1 where there are none beyond.
double error_exponent(double b) {
  if (b >= 1.0) {
    return 0.0;
  }
  return b <= 0.5 ? 0.5 - b * b : (1.0 - b) * (1.0 - b);
}

/// On average rare tokens past v = 1 count too, up to v = (1+b^2)/(2b), where one carries all weight.
double squared_error_exponent(double b) {
  if (b >= 1.0) {
    return 0.0;
  }
  const double square = b * b;
  const double gap = (1.0 - b) * (1.0 + b);
  return 3.0 * square <= 1.0 ? 1.0 - 2.0 * square : gap * gap / (4.0 * square);
}

}  // namespace

RandomEnergy random_energy(double b) {
  if (!(b >= 0.0)) {
    throw Error("b", detail::text_of(b), "a number of at least 0");
  }
  return {.free_energy = b <= 1.0 ? b * b : 2.0 * b - 1.0,
          .alignment = std::min(b, 1.0),
          .error_exponent = error_exponent(b),
          .squared_error_exponent = squared_error_exponent(b),
          .participation = b <= 1.0 ? 0.0 : (b - 1.0) / b};
}

}  // namespace asymptoken
