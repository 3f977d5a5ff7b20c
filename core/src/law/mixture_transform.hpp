#pragma once

#include <optional>
#include <vector>

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// N(means_c, covariances_c) with probability probabilities_c.
struct Mixture {
  const Vector& probabilities;
  const std::vector<Vector>& means;
  const std::vector<Matrix>& covariances;
};

/// Moments of Gamma(x) = V grad K(A x) for x of the mixture, whose covariance is given too. Nothing when the tilted weights
/// depend on more than three directions of x, or so sharply that a million nodes do not settle the integral.
std::optional<Moments> mixture_transform(const Mixture& mixture, const Matrix& covariance, const Matrix& A,
                                         const Matrix& V);

}  // namespace asymptoken::detail
