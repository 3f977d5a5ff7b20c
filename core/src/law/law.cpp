#include "asymptoken/law.hpp"

#include <cmath>
#include <string>

#include "asymptoken/error.hpp"

namespace asymptoken {

void Law::sample(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out, SimdTarget target) const {
  if (out.cols() != dimension()) {
    throw Error("tokens", std::to_string(out.cols()) + " numbers wide",
                std::to_string(dimension()) + ", the law's dimension");
  }
  make_tokens(stream, first, out, target);
}

DoubledTilt Law::doubled_tilt(const Vector& t) const {
  const double log_doubled = log_mgf(2.0 * t);
  return {.log_inflation = std::isinf(log_doubled) ? log_doubled : log_doubled - 2.0 * log_mgf(t),
          .mean_shift = tilted_mean(2.0 * t) - tilted_mean(t)};
}

std::optional<Quadrature> Law::quadrature(Index /*nodes*/) const { return std::nullopt; }

std::optional<SupportMaximum> Law::support_maximum(const Vector& /*t*/) const { return std::nullopt; }

}  // namespace asymptoken
