#pragma once

#include <vector>

#include "arbitrary.hpp"
#include "asymptoken/law.hpp"

namespace asymptoken {

/// Three components that overlap, of different shapes.
inline std::vector<GaussianComponent> example_components(Index d) {
  return {
      {.weight = 2.0, .mean = arbitrary(d, 1, 31), .covariance = arbitrary_covariance(d, 32)},
      {.weight = 1.0, .mean = 2.0 * arbitrary(d, 1, 33), .covariance = arbitrary_covariance(d, 34)},
      {.weight = 1.0, .mean = 2.0 * arbitrary(d, 1, 35), .covariance = 0.5 * arbitrary_covariance(d, 36)}};
}

/// One law of each kind, none of them symmetric where it need not be.
inline std::vector<LawPointer> example_laws(Index d) {
  const Vector low = arbitrary(d, 1, 37).array() - 1.0;
  const Vector high = arbitrary(d, 1, 38).array() + 1.0;
  const Vector probability = arbitrary(d, 1, 39).array() * 0.8 + 0.5;
  const Vector half_widths = arbitrary(d, 1, 40).array() + 1.5;
  const Vector weights = arbitrary(9, 1, 42).array() + 0.6;
  return {gaussian(arbitrary(d, 1, 29), arbitrary_covariance(d, 30)),
          gaussian_mixture(example_components(d)),
          sphere(d, 1.5),
          ball(d, 1.5),
          box(half_widths),
          two_point(low, high, probability),
          points(3.0 * arbitrary(9, d, 41), weights),
          autoregressive(arbitrary(d, 1, 50), arbitrary_covariance(d, 51), 0.5)};
}

}  // namespace asymptoken
