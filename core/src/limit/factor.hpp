#pragma once

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// Some L with L L' = covariance, for a positive semi-definite covariance: Cholesky's, else from eigenvectors (tokens that
/// are fewer than their dimensions, say). ||L' A L|| and everything else asked here are the same for every such L.
/// Throws Error (field `covariance`) unless it is square, finite and symmetric; tiny negative eigenvalues count as 0.
Matrix factor_of(const Matrix& covariance);

}  // namespace asymptoken::detail
