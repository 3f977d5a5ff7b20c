#pragma once

#include <optional>

#include "asymptoken/law.hpp"
#include "asymptoken/matrix.hpp"

namespace asymptoken {

/// Where a formula comes from.
enum class Status {
  paper,      ///< stated by "Token Sample Complexity of Attention" or fixed by its public code
  derived,    ///< derived for this project and checked numerically
  heuristic,  ///< leading exponents only, checked by simulation
};
std::string_view name_of(Status status);

// ---- Attention ------------------------------------------------------------------------------------------------

/// The parameters of an attention head as the formulas use them: logit of query x against token y = <A x, y>
/// (A contains the scale 1/sqrt(d_k)), output = softmax average of V y.
struct AttentionForm {
  Matrix A;  ///< d x d
  Matrix V;  ///< d_v x d
};

// ---- One query ------------------------------------------------------------------------------------------------

/// Gamma_n(x) for infinitely many tokens, and how it gets there. [derived; for Gaussian tokens in closed form]
struct MapLimit {
  double log_mgf;             ///< K(A x)
  Vector gamma;               ///< Gamma(x) = V grad K(A x), d_v
  double variance_inflation;  ///< rho = M(2t)/M(t)^2, t = A x; infinite where M(2t) overflows
  Matrix
      asymptotic_covariance;  ///< S = lim n Cov Gamma_n(x) = rho V [C(2t) + D D'] V', D = grad K(2t) - grad K(t)
  Vector bias_times_n;    ///< lim n (E Gamma_n(x) - Gamma(x)) = -rho V D, the query independent of the keys
  double error_constant;  ///< lim sqrt(n) E |Gamma_n(x) - Gamma(x)|_2 = E|N(0, S)|_2
};

/// Throws Error when x, A and V do not fit the law's dimension. Useful as a prediction only while rho << n.
MapLimit map_limit(const Law& law, const AttentionForm& attention, const Vector& x);

/// E |N(0, S)|_2 for a positive semi-definite S, to 12 digits: (1/(2 sqrt pi)) int_0^inf
/// (1 - prod_k (1 + 2 s l_k)^{-1/2}) s^{-3/2} ds over the eigenvalues l_k. [derived]
double expected_norm(const Matrix& S);

// ---- All tokens as queries --------------------------------------------------------------------------------------

/// Horizon H = ||Sigma^{1/2} A Sigma^{1/2}||_2: the largest singular value. [paper]
double horizon(const Matrix& covariance, const Matrix& A);

/// ||Sigma^{1/2} A||_2, an earlier definition that some labels of the authors' plots still carry. [paper]
double one_sided_horizon(const Matrix& covariance, const Matrix& A);

/// Exact moments of the transformed law Gamma#mu; throws Error when the law has no exact evaluation.
Moments transformed_moments(const Law& law, const AttentionForm& attention);

/// For Gaussian tokens and H < 1 only. [derived]
struct GaussianMomentLimit {
  Matrix mean_asymptotic_covariance;  ///< lim n Cov(mean of the outputs), the tokens attending to each other
  double self_weight;                 ///< lim sum over tokens of the weight that each gives to itself
};
std::optional<GaussianMomentLimit> gaussian_moment_limit(const Matrix& covariance,
                                                         const AttentionForm& attention);

/// N(0,1) tokens on the line, logit b x y, |b| < 1: limits of n Var(mean) and n Var(variance) of the outputs. [derived]
struct LineMomentLimit {
  double mean_variance;
  double variance_variance;
};
LineMomentLimit line_moment_limit(double b);

// ---- Exponents ----------------------------------------------------------------------------------------------------
// The error of a moment falls as n^-beta. Slopes on log-log axes are -beta.

/// beta = 1 / (2 (1 + H^2)): the rate that the paper guarantees. [paper]
double guaranteed_rate(double horizon);
/// beta = min(1/2, 1 / (1 + H^2)), Gaussian tokens. [derived for H < 1, heuristic above]
double gaussian_rate(double horizon);
/// Exponent of E_x |Gamma_n - Gamma|^2 over a typical sample: min(1, 2 / (1 + 2 H^2)). [heuristic]
double typical_squared_error_rate(double horizon);
/// The same in expectation over samples: min(1, sqrt(1/4 + 1/H^2) - 1/2). [heuristic]
double expected_squared_error_rate(double horizon);
/// 1 + 1/H^2: the tail index of a key's influence on the averaged output. [derived]
double influence_tail_index(double horizon);

}  // namespace asymptoken
