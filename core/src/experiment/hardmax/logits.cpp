#include "experiment/hardmax/logits.hpp"

#include <cmath>
#include <limits>

#include "experiment/widest_direction.hpp"
#include "special/portable.hpp"

namespace asymptoken {

namespace {

Vector tilt_of(const Spec& spec) {
  const Matrix& A = spec.attention.heads.front().form.A;
  return A * (spec.queries.empty() ? Vector(spec.radii.front() * widest_direction(*spec.law, A))
                                   : spec.queries.front());
}

double typical_maximum(double n) { return std::sqrt(2.0 * portable_log(n)); }

}  // namespace

HardmaxLogits::HardmaxLogits(const Spec& spec)
    : tilt(tilt_of(spec)),
      mean(tilt.dot(spec.law->mean())),
      deviation(std::sqrt(tilt.dot(spec.law->covariance() * tilt))),
      maximum(spec.law->support_maximum(tilt)),
      height(maximum ? tilt.dot(maximum->maximiser) - mean : deviation) {}

double HardmaxLogits::reach(double n) const { return maximum ? height : height * typical_maximum(n); }

double HardmaxLogits::lambda(const Spec& spec, double temperature, double n) const {
  if (temperature == 0.0) {
    return std::numeric_limits<double>::infinity();
  }
  switch (spec.temperature_unit) {
    case TemperatureUnit::critical:
      return typical_maximum(n) / (temperature * deviation);
    case TemperatureUnit::logarithmic:
      return portable_log(n) / (temperature * range(*spec.law));
    case TemperatureUnit::fixed:
      break;
  }
  return 1.0 / temperature;
}

double HardmaxLogits::range(const Law& law) const {
  const auto lowest = law.support_maximum(-tilt);
  return lowest ? mean + height - tilt.dot(lowest->maximiser) : std::numeric_limits<double>::infinity();
}

}  // namespace asymptoken
