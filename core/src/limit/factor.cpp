#include "limit/factor.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "asymptoken/error.hpp"
#include "limit/checks.hpp"
#include "special/text.hpp"

namespace asymptoken::detail {

Matrix factor_of(const Matrix& covariance) {
  check_matrix(covariance, covariance.cols(), covariance.cols(), "covariance");
  if (covariance.size() == 0) {
    return covariance;
  }
  const double size = covariance.cwiseAbs().maxCoeff();
  constexpr double rounding = 1e-9;
  const double asymmetry = (covariance - covariance.transpose()).cwiseAbs().maxCoeff();
  if (asymmetry > rounding * size) {
    throw Error("covariance", "not symmetric (by " + text_of(asymmetry) + ")", "a symmetric matrix");
  }
  const Eigen::LLT<Matrix> cholesky(covariance);
  if (cholesky.info() == Eigen::Success) {
    return cholesky.matrixL();
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance);
  const double smallest = solver.eigenvalues()[0];
  if (smallest < -rounding * size) {
    throw Error("covariance",
                "not positive semi-definite (its smallest eigenvalue is " + text_of(smallest) + ")",
                "a covariance");
  }
  return solver.eigenvectors() * solver.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
}

}  // namespace asymptoken::detail
