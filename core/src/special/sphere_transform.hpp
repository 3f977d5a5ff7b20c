#pragma once

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// The transformed law of the uniform law on a sphere, in the basis of the left singular vectors of A.
struct SphereTransform {
  Vector eigenvalues;  ///< of the covariance before V, in the order of the singular values
  double
      relative_error;  ///< estimate of the quadrature's error, the worst eigenvalue's; rounding adds about 1e-14
};

/// lambda_i = R^2 s_i^2 E[F(q) T_i], F(q) = A_d(R^2 sqrt q)^2 / q, q = sum_k s_k^2 T_k, T ~ Dirichlet(1/2, ..., 1/2)
/// [paper: the code's formula], without sampling and without the density of q.
///
/// Any singular values >= 0: zeros, repeated, of very different sizes. `radius` times the largest, times `radius` must be
/// finite. Time grows as the dimension times the logarithm of their spread.
SphereTransform sphere_transform(double radius, const Vector& singular_values);

}  // namespace asymptoken::detail
