#pragma once

#include <optional>
#include <string_view>

#include "asymptoken/law.hpp"
#include "asymptoken/matrix.hpp"

namespace asymptoken {

/// Where a formula comes from.
enum class Status {
  paper,      ///< stated by "Token Sample Complexity of Attention", or what its public code draws or computes
  derived,    ///< derived for this project and checked numerically
  heuristic,  ///< leading exponents only, checked by simulation
};
/// `paper`, `derived` or `heuristic`.
std::string_view name_of(Status status);

// Numbers here are made from + - * / sqrt in one order: the same bits natively and in a browser.

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
  /// K(A x)
  double log_mgf = 0;
  /// Gamma(x) = V grad K(A x), d_v
  Vector gamma;
  /// rho = M(2t)/M(t)^2, t = A x; infinite where it overflows
  double variance_inflation = 0;
  /// S = lim n Cov Gamma_n(x) = rho V [C(2t) + D D'] V', C = Hess K, D = grad K(2t) - grad K(t)
  Matrix asymptotic_covariance;
  /// lim n (E Gamma_n(x) - Gamma(x)) = -rho V D, the query independent of the keys
  Vector bias_times_n;
  /// lim sqrt(n) E |Gamma_n(x) - Gamma(x)|_2 = E|N(0, S)|_2
  double error_constant = 0;
};

/// Throws Error (fields `query`, `attention.matrix`, `attention.value`) unless x, A and V are finite and fit the
/// law's dimension. Useful as a prediction only while rho << n. Where rho overflows, the products with it that do
/// not are finite (the error constant holds sqrt(rho), so it overflows last) and the others infinite, never NaN.
///
/// Accuracy: rounding times log rho, for any |x|, if the law has a `doubled_tilt` of its own, as those of law.hpp do.
MapLimit map_limit(const Law& law, const AttentionForm& attention, const Vector& x);

/// E |N(0, S)|_2 for a positive semi-definite S, to 12 digits: (1/(2 sqrt pi)) int_0^inf
/// (1 - prod_k (1 + 2 s l_k)^{-1/2}) s^{-3/2} ds over the eigenvalues l_k. [derived]
/// Eigenvalues of any size; negative ones, which rounding may make, count as 0. Infinite when an entry is.
double expected_norm(const Matrix& S);

// ---- All queries of a ball --------------------------------------------------------------------------------------

/// C(R) of the paper's uniform bound C(R)/sqrt n, for Gaussian tokens in closed form, exponential in R:
///
///     sup_{|x| <= R} lim sqrt(n E|Gamma_n(x) - Gamma(x)|^2) = sup_{|x| <= R} sqrt(tr S(x))
///         <= sqrt(e^{a^2 R^2} (tr V Sigma V' + ||V Sigma A||_2^2 R^2)),   a = ||Sigma^{1/2} A||_2,
///
/// with equality when Sigma^{1/2} A and V Sigma A share a top right-singular vector, as they do for isotropic tokens and
/// V = I. The form C(R)/sqrt n with C exponential is the paper's [paper], this C is [derived]. It is the supremum of the
/// typical error, which the typical supremum of the error exceeds: that is larger by as much as the ball holds queries
/// whose errors are independent. Infinite where it overflows.
///
/// Throws Error (field `radius`) unless 0 <= R < infinity, and as `horizon` and `map_limit` do.
double gaussian_uniform_constant(const Matrix& covariance, const AttentionForm& attention, double radius);

// ---- All tokens as queries --------------------------------------------------------------------------------------

/// Horizon H = ||Sigma^{1/2} A Sigma^{1/2}||_2: the largest singular value. [paper]
/// Sigma may be singular. Throws Error (fields `covariance`, `attention.matrix`) unless Sigma is a covariance, the
/// sizes agree and all is finite.
double horizon(const Matrix& covariance, const Matrix& A);

/// ||Sigma^{1/2} A||_2, an earlier definition that some labels of the authors' plots still carry. [paper]
double one_sided_horizon(const Matrix& covariance, const Matrix& A);

/// Exact moments of the transformed law Gamma#mu; throws Error (field `law.type`) when the law has no exact
/// evaluation (law.hpp says when), and as map_limit does. For Gaussian tokens in closed form. On the sphere the covariance
/// is V U diag(lambda) U' V' for A = U diag(s) W', each lambda exact to about 1e-14 (1e-13 for d = 1e4) whatever the
/// spectrum of A, by a contour integral; some 10 ms for d = 50. [derived]
Moments transformed_moments(const Law& law, const AttentionForm& attention);

/// For Gaussian tokens. [derived]
struct GaussianMomentLimit {
  Matrix mean_asymptotic_covariance;  ///< lim n Cov(mean of the outputs), the tokens attending to each other
  /// The same for queries that are not the tokens, averaged over the law: no query is a key, nor does its draw count.
  Matrix independent_mean_covariance;
  double self_weight;  ///< lim sum over tokens of the weight that each gives to itself
};
/// mean: of the tokens, 0 where it is empty; it counts unless A mean = 0, as it tilts all queries alike.
/// Nothing when H >= 1, where the variance of the mean falls slower than 1/n, or when a limit overflows. For H > 0.6 or
/// d > 3 the limits are reached slowly, not before n = 1e5. Throws as `horizon` does.
std::optional<GaussianMomentLimit> gaussian_moment_limit(const Matrix& covariance,
                                                         const AttentionForm& attention,
                                                         const Vector& mean = {});

/// What is left of an error when the keys are infinitely many and m independent queries stand for their law: of the mean
/// E|N(0, C/m)|_2, C the covariance of the outputs, exact for Gaussian outputs and else once m is large. [derived]
double query_floor_of_mean(const Matrix& covariance, double queries);
/// Of the covariance, for Gaussian outputs and many queries: E|N(0, .)| in the Frobenius norm, the entries of a sample
/// covariance varying by (C_ik C_jl + C_il C_jk) / m. [derived]
double query_floor_of_gaussian_covariance(const Matrix& covariance, double queries);

/// N(0,1) tokens on the line, logit b x y: limits of n Var(mean) and n Var(variance) of the outputs, infinite unless
/// |b| < 1. [derived]
struct LineMomentLimit {
  double mean_variance;
  double variance_variance;
};
LineMomentLimit line_moment_limit(double b);

// ---- Exponents ----------------------------------------------------------------------------------------------------
// The error of a moment falls as n^-beta. Slopes on log-log axes are -beta. The horizon is >= 0; at 0 the first two
// are 1/2, the next two 1 and the tail index is infinite.

/// beta = 1 / (2 (1 + H^2)): the reference curve that the paper's public code draws. [paper]
double reference_rate(double horizon);
/// beta = min(1/2, 1 / (1 + H^2)), Gaussian tokens. [derived for H < 1, heuristic above]
double gaussian_rate(double horizon);
/// Exponent of E_x |Gamma_n - Gamma|^2 over a typical sample: min(1, 2 / (1 + 2 H^2)). [heuristic]
double typical_squared_error_rate(double horizon);
/// The same in expectation over samples: min(1, sqrt(1/4 + 1/H^2) - 1/2). [heuristic]
double expected_squared_error_rate(double horizon);
/// 1 + 1/H^2: the tail index of a key's influence on the averaged output. [derived]
double influence_tail_index(double horizon);

}  // namespace asymptoken
