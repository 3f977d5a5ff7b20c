#include <Eigen/Eigenvalues>
#include <cmath>

#include "asymptoken/limit.hpp"
#include "limit/checks.hpp"
#include "limit/factor.hpp"

namespace asymptoken {

namespace {

/// The largest singular value; it alone does not suffer from squaring, so the eigenvalues of B'B will do.
double spectral_norm(const Matrix& B) {
  const double size = B.size() == 0 ? 0.0 : B.cwiseAbs().maxCoeff();
  if (size == 0.0) {
    return 0.0;
  }
  const Matrix scaled = B / size;
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(scaled.transpose() * scaled, Eigen::EigenvaluesOnly);
  return size * std::sqrt(solver.eigenvalues()[B.cols() - 1]);
}

}  // namespace

double horizon(const Matrix& covariance, const Matrix& A) {
  const Matrix L = detail::factor_of(covariance);
  detail::check_matrix(A, L.rows(), L.rows(), "attention.matrix");
  return spectral_norm(L.transpose() * A * L);
}

double one_sided_horizon(const Matrix& covariance, const Matrix& A) {
  const Matrix L = detail::factor_of(covariance);
  detail::check_matrix(A, L.rows(), A.cols(), "attention.matrix");
  return spectral_norm(L.transpose() * A);
}

}  // namespace asymptoken
