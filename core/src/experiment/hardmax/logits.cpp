#include "experiment/hardmax/logits.hpp"

#include <cmath>
#include <limits>

#include "special/portable.hpp"

namespace asymptoken {

HardmaxLogits::HardmaxLogits(const Law& law, const Vector& t)
    : tilt(t),
      mean(t.dot(law.mean())),
      deviation(std::sqrt(t.dot(law.covariance() * t))),
      maximum(law.support_maximum(t)),
      height(maximum ? t.dot(maximum->maximiser) - mean : deviation),
      range(std::numeric_limits<double>::infinity()) {
  if (const auto lowest = law.support_maximum(-t)) {
    range = mean + height - t.dot(lowest->maximiser);
  }
}

double HardmaxLogits::reach(double n) const { return maximum ? height : height * typical_maximum(n); }

double typical_maximum(double n) { return std::sqrt(2.0 * portable_log(n)); }

}  // namespace asymptoken
