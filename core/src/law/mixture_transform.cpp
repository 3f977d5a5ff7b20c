#include "law/mixture_transform.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "law/weighted_moments.hpp"
#include "special/portable.hpp"

// The method. [derived]
//
// 1. With x = L xi, L L' the covariance of the mixture, the tilted weights p_c are a softmax of
//        log w_c + beta_c' xi + xi' H_c xi / 2,   beta_c = L' A' m_c,   H_c = L' A' S_c A L.
//    Differences of the beta_c and H_c span the few directions Q that matter: the weights depend on z = Q' xi alone.
// 2. Gamma(x) = V sum_c p_c(z) (m_c + G_c xi), G_c = S_c A L. Under component b, xi given z is Gaussian: its mean is linear
//    in z, its covariance R_b does not depend on z. So all moments follow from those of p_c (1, zeta) over a standard normal
//    zeta, z = mean + root zeta, and from G_c R_b G_c'' for pairs of components.
// 3. Those of p_c (1, zeta) by the trapezoidal rule, whose error is squared when its step is halved.

namespace asymptoken::detail {

namespace {

constexpr Index most_directions = 3;
constexpr double most_nodes = 1e6;
constexpr double reach = 8.5;          ///< standard deviations; 2e-17 of the mass lies beyond
constexpr double small_change = 1e-8;  ///< of a step's halving: what is left is about its square
constexpr double same_direction = 1e-13;

/// An orthonormal basis of the columns' span.
Matrix basis(const Matrix& columns) {
  if (columns.cols() == 0 || columns.isZero(0.0)) {
    return Matrix::Zero(columns.rows(), 0);
  }
  Eigen::ColPivHouseholderQR<Matrix> factorisation;
  factorisation.setThreshold(same_direction);
  factorisation.compute(columns);
  return Matrix(factorisation.householderQ()).leftCols(factorisation.rank());
}

/// The logits of the components as functions of zeta, relative to the first one.
struct Logits {
  std::vector<double> constant;
  std::vector<Vector> linear;
  std::vector<Matrix> quadratic;

  /// p_c (1, zeta), one component after the other.
  Vector features(const Vector& zeta) const {
    const std::size_t count = constant.size();
    Vector logits(static_cast<Index>(count));
    for (std::size_t c = 0; c < count; ++c) {
      logits[static_cast<Index>(c)] = constant[c] + linear[c].dot(zeta) + 0.5 * zeta.dot(quadratic[c] * zeta);
    }
    const double top = logits.maxCoeff();
    Vector weights = logits.unaryExpr([=](double logit) { return portable_exp(logit - top); });
    weights /= weights.sum();
    const Index width = zeta.size() + 1;
    Vector result(weights.size() * width);
    for (Index c = 0; c < weights.size(); ++c) {
      result[c * width] = weights[c];
      result.segment(c * width + 1, zeta.size()) = weights[c] * zeta;
    }
    return result;
  }
};

/// Moments of the features on the grid of that step, none of them at 0: half a step off.
Moments grid_moments(const Logits& logits, Index directions, double step) {
  const auto width = static_cast<Index>(logits.constant.size()) * (directions + 1);
  WeightedMoments moments(width);
  const auto half = static_cast<Index>(std::ceil(reach / step));
  const Index side = 2 * half;
  Index count = 1;
  for (Index k = 0; k < directions; ++k) {
    count *= side;
  }
  Vector zeta(directions);
  for (Index node = 0; node < count; ++node) {
    Index rest = node;
    for (Index k = 0; k < directions; ++k) {
      zeta[k] = (static_cast<double>(rest % side - half) + 0.5) * step;
      rest /= side;
    }
    const double square = zeta.squaredNorm();
    if (square < reach * reach) {
      moments.add(portable_exp(-0.5 * square), logits.features(zeta));
    }
  }
  return moments.result();
}

std::optional<Moments> feature_moments(const Logits& logits, Index directions) {
  double step = 0.5;
  Moments last = grid_moments(logits, directions, step);
  if (directions == 0) {
    return last;
  }
  const auto d = static_cast<double>(directions);
  for (step /= 2.0; d * std::log2(2.0 * reach / step) < std::log2(most_nodes); step /= 2.0) {
    const Moments next = grid_moments(logits, directions, step);
    const double change = std::max((next.mean - last.mean).cwiseAbs().maxCoeff(),
                                   (next.covariance - last.covariance).cwiseAbs().maxCoeff());
    last = next;
    if (change < small_change) {
      return last;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Moments> mixture_transform(const Mixture& mixture, const Matrix& covariance, const Matrix& A,
                                         const Matrix& V) {
  const std::size_t count = mixture.means.size();
  const Index d = A.cols();
  const Eigen::LLT<Matrix> factorisation(covariance);
  const Matrix L = factorisation.matrixL();
  const Matrix map = A * L;
  Matrix columns(d, static_cast<Index>(count - 1) * (d + 1));
  for (std::size_t c = 1; c < count; ++c) {
    const auto at = static_cast<Index>(c - 1) * (d + 1);
    columns.col(at) = map.transpose() * (mixture.means[c] - mixture.means[0]);
    columns.middleCols(at + 1, d) = map.transpose() * (mixture.covariances[c] - mixture.covariances[0]) * map;
  }
  const Matrix Q = basis(columns);
  const Index directions = Q.cols();
  if (directions > most_directions) {
    return std::nullopt;
  }

  std::vector<Matrix> G;
  for (const Matrix& S : mixture.covariances) {
    G.emplace_back(S * map);
  }
  const Index width = directions + 1;
  std::vector<Vector> means;  // of the output under each component b, and covariances
  Matrix within = Matrix::Zero(V.rows(), V.rows());
  WeightedMoments between(V.rows());
  for (std::size_t b = 0; b < count; ++b) {
    // Under component b, xi = centre + slope zeta + residual.
    const Vector centre = L.triangularView<Eigen::Lower>().solve(mixture.means[b]);
    const Matrix half = L.triangularView<Eigen::Lower>().solve(mixture.covariances[b]);
    const Matrix spread = L.triangularView<Eigen::Lower>().solve(half.transpose());
    const Matrix projected = spread * Q;
    const Matrix root = Eigen::LLT<Matrix>(Q.transpose() * projected).matrixL();
    const Matrix slope = root.triangularView<Eigen::Lower>().solve(projected.transpose()).transpose();
    const Matrix residual = spread - slope * slope.transpose();

    Logits logits;
    const Vector z = Q.transpose() * centre;
    Matrix outputs(V.rows(), static_cast<Index>(count) * width);
    for (std::size_t c = 0; c < count; ++c) {
      const Vector beta = Q.transpose() * (map.transpose() * (mixture.means[c] - mixture.means[0]));
      const Matrix H =
          Q.transpose() * (map.transpose() * (mixture.covariances[c] - mixture.covariances[0]) * map) * Q;
      const Vector gradient = beta + H * z;
      logits.constant.push_back(portable_log(mixture.probabilities[static_cast<Index>(c)]) + beta.dot(z) +
                                0.5 * z.dot(H * z));
      logits.linear.emplace_back(root.transpose() * gradient);
      logits.quadratic.emplace_back(root.transpose() * H * root);
      const auto at = static_cast<Index>(c) * width;
      outputs.col(at) = V * (mixture.means[c] + G[c] * centre);
      outputs.middleCols(at + 1, directions) = V * (G[c] * slope);
    }
    const std::optional<Moments> features = feature_moments(logits, directions);
    if (!features) {
      return std::nullopt;
    }
    const double probability = mixture.probabilities[static_cast<Index>(b)];
    between.add(probability, outputs * features->mean);
    within += probability * (outputs * features->covariance * outputs.transpose());
    for (std::size_t c = 0; c < count; ++c) {
      for (std::size_t e = 0; e < count; ++e) {
        const auto i = static_cast<Index>(c) * width;
        const auto j = static_cast<Index>(e) * width;
        const double both = features->covariance(i, j) + features->mean[i] * features->mean[j];  // E p_c p_e
        within += probability * both * ((V * G[c]) * residual * (V * G[e]).transpose());
      }
    }
  }
  Moments result = between.result();
  result.covariance += within;
  return result;
}

}  // namespace asymptoken::detail
