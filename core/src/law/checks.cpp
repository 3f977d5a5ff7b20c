#include "law/checks.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>
#include <string>

#include "asymptoken/error.hpp"
#include "special/text.hpp"

namespace asymptoken::detail {

namespace {

std::string shape_of(const Matrix& matrix) {
  return std::to_string(matrix.rows()) + " x " + std::to_string(matrix.cols());
}

}  // namespace

void check_dimension(Index dimension) {
  if (dimension < 1) {
    throw Error("law.dimension", std::to_string(dimension), "an integer from 1 to 65536");
  }
}

void check_radius(double radius) {
  if (!(radius > 0.0) || !std::isfinite(radius)) {
    throw Error("law.radius", text_of(radius), "a finite number above 0");
  }
}

void check_finite(const Matrix& numbers, std::string_view field) {
  for (const double number : numbers.reshaped()) {
    if (!std::isfinite(number)) {
      throw Error(field, "not finite (an entry is " + text_of(number) + ")", "finite numbers");
    }
  }
}

void check_size(const Vector& numbers, Index size, std::string_view field) {
  if (numbers.size() != size) {
    throw Error(field, "a list of " + std::to_string(numbers.size()), "a list of " + std::to_string(size));
  }
  check_finite(numbers, field);
}

void check_float(double largest, std::string_view field) {
  if (largest > static_cast<double>(std::numeric_limits<float>::max())) {
    throw Error(field, text_of(largest), "at most 3.4e38 to sample, as tokens are float32");
  }
}

Matrix checked_covariance(const Matrix& covariance, Index dimension, std::string_view field) {
  const std::string shape = std::to_string(dimension) + " x " + std::to_string(dimension);
  if (covariance.rows() != dimension || covariance.cols() != dimension) {
    throw Error(field, "a " + shape_of(covariance) + " matrix",
                "a " + shape + " matrix, as the mean has " + std::to_string(dimension) + " entries");
  }
  check_finite(covariance, field);
  const double rounding = 1e-12 * covariance.cwiseAbs().maxCoeff();
  for (Index j = 0; j < dimension; ++j) {
    for (Index i = 0; i < j; ++i) {
      if (std::abs(covariance(i, j) - covariance(j, i)) > rounding) {
        throw Error(field,
                    "not symmetric (entries " + std::to_string(i) + "," + std::to_string(j) + " and " +
                        std::to_string(j) + "," + std::to_string(i) + " are " + text_of(covariance(i, j)) +
                        " and " + text_of(covariance(j, i)) + ")",
                    "a symmetric matrix");
      }
    }
  }
  return 0.5 * covariance + 0.5 * covariance.transpose();
}

Matrix cholesky_factor(const Matrix& covariance, std::string_view field) {
  const Eigen::LLT<Matrix> factorisation(covariance);
  if (factorisation.info() != Eigen::Success) {
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance, Eigen::EigenvaluesOnly);
    throw Error(field,
                "not positive definite (its smallest eigenvalue is " + text_of(solver.eigenvalues()[0]) + ")",
                "a positive definite matrix");
  }
  return factorisation.matrixL();
}

}  // namespace asymptoken::detail
