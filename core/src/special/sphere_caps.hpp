#pragma once

namespace asymptoken::detail {

/// Caps of the unit sphere of R^d, d >= 2, under the uniform law: all points whose cosine w with the pole is above tanh u,
/// for u >= 0. w has the density (1 - w^2)^{a-1}, a = (d-1)/2, up to a constant. With x = (1 - tanh u)/2 the cap's mass is
///
///     I_x(a, a) = (1/2) sech^{2a}(u) S(x) / S(1/2),   S(x) = sum_k (2a)_k / (a+1)_k x^k,
///
/// the series of the incomplete beta function normalised by the half sphere, so that no gamma function is needed. [derived]
/// Relative accuracy about d 2^-53.
class SphereCaps {
 public:
  explicit SphereCaps(double dimension);

  double mass(double u) const;
  /// -d/du of the mass
  double density(double u) const;
  /// -d/du of the logarithm of the mass
  double rate(double u) const;
  /// log kappa where the mass of {w > 1 - eps} ~ kappa eps^a
  double log_constant() const;

 private:
  double series(double x) const;
  double power(double u) const;

  double a_;
  double half_;  ///< S(1/2)
};

}  // namespace asymptoken::detail
