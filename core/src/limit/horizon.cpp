#include "asymptoken/limit.hpp"
#include "limit/checks.hpp"
#include "limit/factor.hpp"
#include "limit/spectral_norm.hpp"

namespace asymptoken {

double horizon(const Matrix& covariance, const Matrix& A) {
  const Matrix L = detail::factor_of(covariance);
  detail::check_matrix(A, L.rows(), L.rows(), "attention.matrix");
  return detail::spectral_norm(L.transpose() * A * L);
}

double one_sided_horizon(const Matrix& covariance, const Matrix& A) {
  const Matrix L = detail::factor_of(covariance);
  detail::check_matrix(A, L.rows(), A.cols(), "attention.matrix");
  return detail::spectral_norm(L.transpose() * A);
}

}  // namespace asymptoken
