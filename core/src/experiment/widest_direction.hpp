#pragma once

#include "asymptoken/law.hpp"

namespace asymptoken {

/// The unit vector whose logits spread most: the top right-singular vector of Sigma^{1/2} A, where C(R) is attained for
/// isotropic Gaussian tokens. Its largest entry is positive.
Vector widest_direction(const Law& law, const Matrix& A);

}  // namespace asymptoken
