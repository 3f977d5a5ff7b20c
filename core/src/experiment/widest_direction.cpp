#include "experiment/widest_direction.hpp"

#include <Eigen/Eigenvalues>

namespace asymptoken {

Vector widest_direction(const Law& law, const Matrix& A) {
  const Matrix quadratic_form = A.transpose() * law.covariance() * A;
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(quadratic_form);
  Vector direction = solver.eigenvectors().col(A.cols() - 1);
  Index largest = 0;
  direction.cwiseAbs().maxCoeff(&largest);
  return direction[largest] < 0 ? Vector(-direction) : direction;
}

}  // namespace asymptoken
