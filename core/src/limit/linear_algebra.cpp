#include "limit/linear_algebra.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
#include "special/text.hpp"

namespace asymptoken::detail {

namespace {

std::string shape(Index rows, Index columns) {
  return "a " + std::to_string(rows) + " x " + std::to_string(columns) + " matrix";
}

}  // namespace

void check_matrix(const Matrix& matrix, Index rows, Index columns, std::string_view field) {
  if (matrix.rows() != rows || matrix.cols() != columns) {
    throw Error(field, shape(matrix.rows(), matrix.cols()), shape(rows, columns));
  }
  for (const double number : matrix.reshaped()) {
    if (!std::isfinite(number)) {
      throw Error(field, "not finite (an entry is " + text_of(number) + ")", "finite numbers");
    }
  }
}

void check_attention(const AttentionForm& attention, Index dimension) {
  check_matrix(attention.A, dimension, dimension, "attention.matrix");
  check_matrix(attention.V, attention.V.rows(), dimension, "attention.value");
}

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
