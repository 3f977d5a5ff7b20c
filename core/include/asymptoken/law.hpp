#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "asymptoken/matrix.hpp"
#include "asymptoken/random.hpp"

namespace asymptoken {

/// How the law tilted by 2t compares with the law tilted by t: what the fluctuations of attention on n tokens are made of.
struct DoubledTilt {
  double log_inflation;  ///< log rho, rho = M(2t)/M(t)^2
  Vector mean_shift;     ///< D = grad K(2t) - grad K(t)
};

/// E f(y) ~ sum_j weights_j f(points_j).
struct Quadrature {
  Rows<double> points;
  Vector weights;  ///< >= 0, their sum is 1
};

/// Where the logits <t, y> of a bounded law are largest, and how little of the law lies near: what hardmax attention sees.
struct SupportMaximum {
  Vector
      maximiser;  ///< the point of the support where <t, y> is largest; the law's mean over them when there are several
  /// mu{<t,y> > max - eps} ~ kappa eps^q for eps -> 0. q is 0 where the maximum itself has the probability kappa > 0.
  double mass_exponent;      ///< q
  double log_mass_constant;  ///< log kappa
  /// A token eps below the maximum lies about eps^this from the maximiser: 1/2 on a curved boundary, 1 at a corner.
  double distance_exponent;
  /// d x m: the law's covariance over the maximisers is spread spread'. No columns where there is one maximiser only. Where
  /// q > 0 they are a face: independent uniform numbers of variance 1 along the columns.
  Matrix spread = {};
  /// Up to this eps the mass is kappa eps^q exactly. 0 where that is a limit only, as on a curved boundary, and where
  /// rounding of the tokens to float32 decides which of them are the largest.
  double exact_up_to = 0.0;
};

/// The uniform points of a sphere about the origin, seen through their first coordinates: the sphere itself, or with
/// dimension d + 2 the ball of R^d.
struct SphereSection {
  Index dimension;  ///< of the space that the sphere lies in
  double radius;
};

/// A token law mu on R^d: where tokens come from, and what attention over infinitely many of them gives.
///
/// M(t) = E e^{<t,y>} is the moment generating function and K = log M. The law tilted by t has density
/// e^{<t,y>} / M(t) with respect to mu; its mean grad K(t) is what attention returns for a query x with t = A x.
/// Immutable, so shared freely between threads.
///
/// The laws below keep their digits for any |t| up to 1e150: nothing overflows or cancels on the way to a number that does
/// not. All but the tokens themselves is computed from + - * / sqrt in one order, so its bits are the same everywhere.
class Law {
 public:
  Law() = default;
  Law(const Law&) = delete;
  Law& operator=(const Law&) = delete;
  virtual ~Law() = default;

  /// The name under which specs know it, such as `gaussian`.
  virtual std::string_view name() const = 0;
  virtual Index dimension() const = 0;
  virtual Vector mean() const = 0;
  virtual Matrix covariance() const = 0;
  /// Whether all tokens lie in some ball. Then every error falls as n^-1/2 once n is far above rho.
  virtual bool is_bounded() const = 0;
  /// Whether the tokens of a stream are independent. Where they are not, all below speaks of one token alone: limits hold,
  /// and constants that count independent tokens (asymptotic covariances, biases) do not.
  virtual bool has_independent_tokens() const { return true; }
  /// Whether a token is exactly N(mean(), covariance()): the closed forms of Gaussian tokens then hold.
  virtual bool is_gaussian() const { return false; }
  /// The sphere whose uniform points, cut off to their first dimension() numbers, are the tokens; nothing for most laws.
  virtual std::optional<SphereSection> sphere_section() const { return std::nullopt; }

  /// Fills `out` (count x dimension) with tokens first, first+1, ... of the stream. Token j depends on
  /// (stream, j) alone and has the same bits on every target, whichever makes it. Throws Error (field `tokens`) when `out`
  /// has another width, and where float32 cannot hold the tokens.
  void sample(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
              SimdTarget target = available_simd_targets().front()) const;

  /// K(t) = log E e^{<t,y>}, t in R^d.
  virtual double log_mgf(const Vector& t) const = 0;
  /// grad K(t), the mean of the tilted law.
  virtual Vector tilted_mean(const Vector& t) const = 0;
  /// Hess K(t), the covariance of the tilted law.
  virtual Matrix tilted_covariance(const Vector& t) const = 0;

  /// The default takes differences of K and grad K and loses as many digits as K(2t) has before the point. A law overrides
  /// it where those differences can be had in closed form, as all the laws below do.
  virtual DoubledTilt doubled_tilt(const Vector& t) const;

  /// The maximum of <t, y> over the support; nothing for a law that is not bounded (the default). [derived]
  virtual std::optional<SupportMaximum> support_maximum(const Vector& t) const;

  /// Exact moments of the transformed law Gamma#mu for Gamma(x) = V grad K(A x), x ~ mu; nothing when neither a
  /// closed form nor a deterministic evaluation is known, or when it would take too long.
  virtual std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const = 0;

  /// The points that tokens are drawn from, and their probabilities; null for a law that is not a list of points.
  virtual const Quadrature* finite_support() const { return nullptr; }

  /// Weighted points that stand for the law in averages over it, with `nodes` of them along each axis; nothing for a law
  /// that has none, as most.
  virtual std::optional<Quadrature> quadrature(Index nodes) const;

 private:
  /// What `sample` does, once `out` has the right width.
  virtual void make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                           SimdTarget target) const = 0;
};

using LawPointer = std::shared_ptr<const Law>;

// Factories throw Error naming the parameter as a spec does, such as `law.radius`. Formulas of K, grad K, Hess K, rho and D
// are [derived]; what transformed_moments costs is said here.

/// N(mean, covariance). Throws Error (fields `law.mean`, `law.covariance`) unless the covariance is finite,
/// symmetric and positive definite and the sizes agree. Moments in closed form. Quadrature, for d <= 3 and up to 1e6 points: the trapezoidal rule
/// to 8.5 standard deviations along the columns of a Cholesky factor, whose error falls faster than any power of the nodes.
LawPointer gaussian(const Vector& mean, const Matrix& covariance);

struct GaussianComponent {
  double weight;  ///< weights are divided by their sum
  Vector mean;
  Matrix covariance;
};
/// A component with the probability of its weight, then a token of N(mean, covariance).
///
/// K is the log-sum-exp of log w_c + K_c, grad K the average of m_c + S_c t over the tilted weights. Moments: the tilted
/// weights depend on x through r directions, A'(m_c - m_1) and the range of A'(S_c - S_1) A; what is left is Gaussian and
/// is integrated in closed form, the r directions by the trapezoidal rule until it stands still to 1e-12. Two clusters of
/// one shape have r = 1 in any dimension. Nothing when r > 3, or when a million nodes do not settle it (logits too sharp).
LawPointer gaussian_mixture(std::span<const GaussianComponent> components);

/// Uniform on the sphere of that radius about the origin of R^dimension (dimension 1: the two points -r, r). Moments by a
/// contour integral.
LawPointer sphere(Index dimension, double radius);

/// Uniform on the ball of that radius: the first d coordinates of a point of the sphere of R^{d+2}, in everything.
LawPointer ball(Index dimension, double radius);

/// Uniform on the box prod_i [-h_i, h_i]. K(t) = sum_i log(sinh(r_i)/r_i), r_i = h_i t_i. Moments by Fourier quadrature
/// of each pair of coordinates, to 1e-12; nothing when the largest S = h_i sum_k |A_ik| h_k, which bounds the slope of a
/// coordinate's output, has d (32 + 6 S) > 7000: S up to 18 for d = 50, 380 for d = 3.
LawPointer box(const Vector& half_widths);

/// Independent coordinates: high_i with probability p_i, else low_i. Moments by the exact sum over all 2^k tokens that
/// A tells apart, k its number of columns that are not zero; nothing when k > 16.
LawPointer two_point(const Vector& low, const Vector& high, const Vector& probability);

/// Row j of the points with probability weights[j] (divided by their sum): the empirical law behind a text, which
/// resampling draws from. Moments by the exact sum, whose time grows as the number of points squared. Quadrature: the points
/// themselves, whatever the number of nodes.
LawPointer points(const Rows<double>& points, const Vector& weights);

/// N(mean, covariance) tokens that resemble their neighbours, as those of a text do: y_j - m = phi (y_{j-1} - m) +
/// sqrt(1 - phi^2) e_j with independent e_j ~ N(0, covariance), so that Cov(y_i, y_j) = phi^|i-j| covariance. All that concerns
/// one token is the Gaussian law's, exactly; correlations of less than 2^-25 may be cut off. correlation = phi.
/// Throws Error as gaussian does, and (field `law.correlation`) unless 0 <= phi <= 0.999. phi = 0 gives the tokens of gaussian,
/// bit for bit. n tokens tell as much of the mean as n (1-phi)/(1+phi) independent ones. [derived]
LawPointer autoregressive(const Vector& mean, const Matrix& covariance, double correlation);

/// A kind of law, as a spec's `law` object has it.
struct LawDescription {
  std::string_view name;   ///< the value of `law.type`
  std::string_view title;  ///< such as `two clusters`, of the example
  /// An object with what one of any dimension needs beside `type` and `dimension`; empty where the numbers are one's own.
  std::string_view example;
};
/// All kinds that there are.
std::vector<LawDescription> laws();

}  // namespace asymptoken
