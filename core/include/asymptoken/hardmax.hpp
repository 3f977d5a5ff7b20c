#pragma once

#include <vector>

#include "asymptoken/law.hpp"
#include "asymptoken/limit.hpp"
#include "asymptoken/matrix.hpp"

namespace asymptoken {

// Attention at the inverse temperature lambda has the logits lambda <A x, y>. As lambda grows it turns into hardmax attention,
// which returns the value of the token of the largest logit. What follows says how, for a query that is independent of the
// tokens. Numbers are made from + - * / sqrt in one order: the same bits natively and in a browser.

// ---- Finitely many tokens -----------------------------------------------------------------------------------------

/// lim of softmax attention for lambda -> infinity at fixed tokens. [derived]
struct HardmaxAttention {
  std::vector<Index> argmax;  ///< the tokens of the largest logit <A x, y>, ascending; ties are exact
  Vector output;              ///< the mean of V y over them, d_v
  double gap;                 ///< how far the next logit lies below the largest; infinite when all tie
};
/// tokens: n x d, n >= 1. Throws Error (fields `tokens`, `query`, `attention.matrix`, `attention.value`) unless sizes fit and
/// all is finite.
HardmaxAttention hardmax_attention(const Rows<double>& tokens, const AttentionForm& attention,
                                   const Vector& query);

/// 2 max_j |V y_j| n e^{-lambda gap}: softmax attention at lambda is no further than that from the hardmax. [derived]
double hardmax_distance_bound(double largest_value, double n, double gap, double lambda);

// ---- Laws whose support has a largest logit ---------------------------------------------------------------------------
// mu{<t,y> > max - eps} ~ kappa eps^q near the maximum, as Law::support_maximum tells. [derived]

/// lim n^{1/q} E[max <t,y> - max_{j<=n} <t,y_j>] n^{-1/q} = Gamma(1 + 1/q) (kappa n)^{-1/q}; 0 for q = 0, where it falls
/// exponentially.
double hardmax_gap(const SupportMaximum& maximum, double n);

/// max <t,y> - <t, grad K(lambda t)> ~ q / lambda: what softmax stays below the maximum, over infinitely many tokens.
double softmax_gap(const SupportMaximum& maximum, double lambda);

/// rho(lambda t) ~ 2^{-q} lambda^q / (kappa Gamma(q+1)): averaging needs many more tokens than that.
double softmax_inflation(const SupportMaximum& maximum, double lambda);

/// The largest cosine c_n between a fixed direction e and n independent uniform points of the sphere of R^d. [derived]
struct LargestCosine {
  double mean_distance;      ///< of the nearest point from e: E sqrt(2 (1 - c_n))
  double mean_gap;           ///< E[1 - c_n] = int_0^2 P(1 - w > eps)^n d eps; 2/(n+1) for d = 3
  double mean_squared_sine;  ///< 1 - E c_n^2
};
/// To 12 digits for n up to 1e15 and d up to 1e4 (11 at d = 65536). Throws Error (fields `law.dimension`, `tokens`) unless
/// d >= 2 and n >= 1.
LargestCosine largest_cosine(Index dimension, double n);

/// Uniform queries and n independent uniform tokens on the sphere of that radius, V the identity: the mean covariance of
/// hardmax outputs less that of infinitely many tokens, C:
///
///     E Cov_n - C = -(1 - E c_n^2) (d C - R^2 I) / (d - 1)     [derived]
///
/// Zero when C is isotropic. Throws as largest_cosine does.
Matrix hardmax_covariance_shift(const Matrix& covariance, double radius, double n);

// ---- Gaussian tokens: no limit, the maximum grows for ever -------------------------------------------------------

/// The largest of n independent standard normal variates. [derived]
struct NormalMaximum {
  double mean;          ///< E max, to 12 digits for n up to 1e15
  double leading;       ///< sqrt(2 ln n)
  double second_order;  ///< leading - (ln ln n + ln 4 pi - 2 gamma_E) / (2 leading); of no use for n = 1
};
/// n >= 1, an integer or not. Throws Error (field `tokens`) otherwise.
NormalMaximum normal_maximum(double n);

/// Logits of n Gaussian tokens with standard deviation b sqrt(2 ln n): the random-energy picture, leading exponents in n.
/// All but alignment and free energy of b < 1/2 is [heuristic].
struct RandomEnergy {
  double free_energy;             ///< lim ln(mean_j e^{logit_j}) / ln n = b^2 up to b = 1, then 2b - 1
  double alignment;               ///< mean logit over lim sqrt(2 ln n) standard deviations: min(b, 1)
  double error_exponent;          ///< typical |Gamma_n - Gamma| ~ n^-this
  double squared_error_exponent;  ///< E |Gamma_n - Gamma|^2 and E sum_j p_j^2 ~ n^-this
  double participation;           ///< lim E sum_j p_j^2 = max(0, 1 - 1/b)
};
/// b >= 0. Throws Error (field `b`) otherwise.
RandomEnergy random_energy(double b);

}  // namespace asymptoken
