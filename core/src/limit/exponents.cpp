#include <algorithm>
#include <cmath>

#include "asymptoken/error.hpp"
#include "asymptoken/hardmax.hpp"
#include "asymptoken/limit.hpp"
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

std::string_view name_of(Status status) {
  switch (status) {
    case Status::paper:
      return "paper";
    case Status::derived:
      return "derived";
    case Status::heuristic:
      break;
  }
  return "heuristic";
}

double reference_rate(double horizon) { return 0.5 / (1.0 + horizon * horizon); }

double gaussian_rate(double horizon) { return std::min(0.5, 1.0 / (1.0 + horizon * horizon)); }

double typical_squared_error_rate(double horizon) {
  return std::min(1.0, 2.0 / (1.0 + 2.0 * horizon * horizon));
}

double expected_squared_error_rate(double horizon) {
  if (horizon == 0.0) {
    return 1.0;
  }
  // sqrt(1/4 + z) - 1/2 without cancellation at small z.
  const double z = 1.0 / (horizon * horizon);
  return std::isinf(z) ? 1.0 : std::min(1.0, z / (std::sqrt(0.25 + z) + 0.5));
}

double influence_tail_index(double horizon) { return 1.0 + 1.0 / (horizon * horizon); }

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
