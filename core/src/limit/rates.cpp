#include <algorithm>
#include <cmath>
#include <limits>

#include "asymptoken/limit.hpp"
#include "special/portable.hpp"

namespace asymptoken {

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

double guaranteed_rate(double horizon) { return 0.5 / (1.0 + horizon * horizon); }

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

LineMomentLimit line_moment_limit(double b) {
  const double square = b * b;
  if (!(square < 1.0)) {
    const double infinite = std::numeric_limits<double>::infinity();
    return {.mean_variance = infinite, .variance_variance = infinite};
  }
  const double gap = 1.0 - square;
  // b^2 + 2b + (1-b^4)^{-3/2}, arranged so that nothing cancels near b = -1 or 0.
  const double mean_variance =
      (1.0 + b) * (1.0 + b) + portable_expm1(-1.5 * portable_log1p(-square * square));
  const double variance_variance =
      square * square *
      (10.0 + 4.0 / ((1.0 + square) * (1.0 + square) * (1.0 + square)) * std::sqrt((1.0 + square) / gap) *
                  (3.0 / (gap * gap) - 2.0 / gap + 1.0));
  return {.mean_variance = mean_variance, .variance_variance = variance_variance};
}

}  // namespace asymptoken
