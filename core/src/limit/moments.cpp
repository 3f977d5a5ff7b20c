#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <cmath>
#include <limits>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/limit.hpp"
#include "limit/linear_algebra.hpp"
#include "special/portable.hpp"

namespace asymptoken {

namespace {

double sum_of_logs(const Vector& numbers) {
  double sum = 0.0;
  for (const double number : numbers) {
    sum += portable_log(number);
  }
  return sum;
}

}  // namespace

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

Moments transformed_moments(const Law& law, const AttentionForm& attention) {
  detail::check_attention(attention, law.dimension());
  std::optional<Moments> moments = law.transformed_moments(attention.A, attention.V);
  if (!moments) {
    throw Error("law.type", std::string(law.name()),
                "a law whose transformed moments are known exactly for this attention");
  }
  const Matrix& covariance = moments->covariance;
  return {.mean = moments->mean, .covariance = 0.5 * covariance + 0.5 * covariance.transpose()};
}

// For tokens m + L v, L L' = Sigma, the logits of a query m + L u against them have the gradient p = a + B u in v, a = L' A m,
// B = L' A L. The first-order influence of a key v on the averaged output is h(v) = V L E_u e^{<p,v> - |p|^2/2} (v - p), and
//
//     Cov h = V L W [(I - (B B')^2)^{-1} + k k'] L' V',   k = (I - B B')^{-1} a,
//     W = E e^{<p,p'>} = det(I - (B B')^2)^{-1/2} e^{<a,k>},   p' of another query.
//
// When queries and keys are the same tokens, its own output joins the influence, which adds V L (B B' + B + B') L' V'. [derived]
std::optional<GaussianMomentLimit> gaussian_moment_limit(const Matrix& covariance,
                                                         const AttentionForm& attention, const Vector& mean) {
  const Matrix L = detail::factor_of(covariance);
  detail::check_attention(attention, L.rows());
  const Matrix B = L.transpose() * attention.A * L;
  const Matrix square = B * B.transpose();
  if (!square.allFinite()) {
    return std::nullopt;
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(square);
  const Vector& p = solver.eigenvalues();  // squares of the singular values
  if (!(p[p.size() - 1] < 1.0)) {
    return std::nullopt;
  }
  const Vector gaps = (1.0 - p.array()) * (1.0 + p.array());
  const Matrix& U = solver.eigenvectors();
  double log_inflation = -0.5 * sum_of_logs(gaps);
  Matrix keys = U * gaps.cwiseInverse().asDiagonal() * U.transpose();
  if (mean.size() > 0) {
    detail::check_matrix(mean, L.rows(), 1, "law.mean");
    const Vector tilt = L.transpose() * (attention.A * mean);
    const Vector shift = U * ((U.transpose() * tilt).array() / (1.0 - p.array())).matrix();
    log_inflation += tilt.dot(shift);
    keys += shift * shift.transpose();
  }
  keys *= portable_exp(log_inflation);
  if (!keys.allFinite()) {
    return std::nullopt;
  }
  const Matrix values_root = attention.V * L;
  const Matrix together = square + B + B.transpose() + keys;
  const Matrix difference = Matrix::Identity(B.rows(), B.cols()) - B;
  const Eigen::ColPivHouseholderQR<Matrix> factors(difference);
  return GaussianMomentLimit{
      .mean_asymptotic_covariance = values_root * together * values_root.transpose(),
      .independent_mean_covariance = values_root * keys * values_root.transpose(),
      .self_weight = portable_exp(-sum_of_logs(factors.matrixQR().diagonal().cwiseAbs()))};
}

double query_floor_of_mean(const Matrix& covariance, double queries) {
  return expected_norm(covariance) / std::sqrt(queries);
}

// In the eigenvectors of C the entries of a sample covariance are uncorrelated: those of the diagonal vary by 2 l_i^2 / m, the
// others by l_i l_j / m and come twice in the norm.
double query_floor_of_gaussian_covariance(const Matrix& covariance, double queries) {
  if (!covariance.allFinite()) {
    return std::numeric_limits<double>::infinity();
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance, Eigen::EigenvaluesOnly);
  const Vector l = solver.eigenvalues().cwiseMax(0.0);
  const double largest = l.size() == 0 ? 0.0 : l.maxCoeff();
  if (largest == 0.0) {
    return 0.0;
  }
  Vector variances(l.size() * (l.size() + 1) / 2);
  Index entry = 0;
  for (Index i = 0; i < l.size(); ++i) {
    for (Index j = i; j < l.size(); ++j) {
      variances[entry++] = 2.0 * (l[i] / largest) * (l[j] / largest);
    }
  }
  return detail::expected_norm_of_eigenvalues(variances, largest) / std::sqrt(queries);
}

LineMomentLimit line_moment_limit(double b) {
  const double square = b * b;
  if (!(square < 1.0)) {
    const double infinite = std::numeric_limits<double>::infinity();
    return {.mean_variance = infinite, .variance_variance = infinite};
  }
  const double gap = 1.0 - square;
  // b^2 + 2b + (1-b^4)^{-3/2}, arranged so that nothing cancels near b = -1 or 0.
  const double mean_variance =
      (1.0 + b) * (1.0 + b) + portable_expm1(-1.5 * portable_log1p(-square * square));
  const double variance_variance =
      square * square *
      (10.0 + 4.0 / ((1.0 + square) * (1.0 + square) * (1.0 + square)) * std::sqrt((1.0 + square) / gap) *
                  (3.0 / (gap * gap) - 2.0 / gap + 1.0));
  return {.mean_variance = mean_variance, .variance_variance = variance_variance};
}

}  // namespace asymptoken
