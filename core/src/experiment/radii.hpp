#pragma once

#include "experiment/experiment.hpp"

namespace asymptoken {

// What experiments that look at the map at growing radii share.

/// The unit vector whose logits spread most: the top right-singular vector of Sigma^{1/2} A, where C(R) is attained for
/// isotropic Gaussian tokens. Its largest entry is positive.
Vector widest_direction(const Law& law, const Matrix& A);

Parameter radius_parameter();

/// sqrt(n) times that metric at the largest n against the radius.
Trend constants_trend(std::string metric);

/// The radii themselves and, where a limit at a radius costs little, enough between them for a smooth line.
std::vector<double> smooth_radii(const Law& law, const std::vector<double>& radii);

}  // namespace asymptoken
