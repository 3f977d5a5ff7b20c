#include "asymptoken/law.hpp"

#include <cmath>

namespace asymptoken {

DoubledTilt Law::doubled_tilt(const Vector& t) const {
  const double log_doubled = log_mgf(2.0 * t);
  return {.log_inflation = std::isinf(log_doubled) ? log_doubled : log_doubled - 2.0 * log_mgf(t),
          .mean_shift = tilted_mean(2.0 * t) - tilted_mean(t)};
}

std::optional<Quadrature> Law::quadrature(Index /*nodes*/) const { return std::nullopt; }

std::optional<SupportMaximum> Law::support_maximum(const Vector& /*t*/) const { return std::nullopt; }

}  // namespace asymptoken
