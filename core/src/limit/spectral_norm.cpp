#include "limit/spectral_norm.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace asymptoken::detail {

// The largest singular value alone does not suffer from squaring, so the eigenvalues of B'B will do.
double spectral_norm(const Matrix& B) {
  const double size = B.size() == 0 ? 0.0 : B.cwiseAbs().maxCoeff();
  if (size == 0.0) {
    return 0.0;
  }
  const Matrix scaled = B / size;
  const Matrix square = scaled.transpose() * scaled;
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(square, Eigen::EigenvaluesOnly);
  return size * std::sqrt(solver.eigenvalues()[B.cols() - 1]);
}

}  // namespace asymptoken::detail
