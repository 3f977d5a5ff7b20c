#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "asymptoken/matrix.hpp"
#include "asymptoken/random.hpp"

namespace asymptoken {

/// A token law mu on R^d: where tokens come from, and what attention over infinitely many of them gives.
///
/// M(t) = E e^{<t,y>} is the moment generating function and K = log M. The law tilted by t has density
/// e^{<t,y>} / M(t) with respect to mu; its mean grad K(t) is what attention returns for a query x with t = A x.
/// Immutable, so shared freely between threads.
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

  /// Fills `out` (count x dimension) with tokens first, first+1, ... of the stream. Token j depends on
  /// (stream, j) alone and has the same bits on every target.
  virtual void sample(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out) const = 0;

  /// K(t) = log E e^{<t,y>}, t in R^d.
  virtual double log_mgf(const Vector& t) const = 0;
  /// grad K(t), the mean of the tilted law.
  virtual Vector tilted_mean(const Vector& t) const = 0;
  /// Hess K(t), the covariance of the tilted law.
  virtual Matrix tilted_covariance(const Vector& t) const = 0;

  /// Exact moments of the transformed law Gamma#mu for Gamma(x) = V grad K(A x), x ~ mu; nothing when neither a
  /// closed form nor a deterministic evaluation is known.
  virtual std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const = 0;
};

using LawPointer = std::shared_ptr<const Law>;

/// N(mean, covariance). Throws Error (fields `law.mean`, `law.covariance`) unless the covariance is finite,
/// symmetric and positive definite and the sizes agree.
LawPointer gaussian(const Vector& mean, const Matrix& covariance);

/// Uniform on the sphere of that radius about the origin of R^dimension (dimension 1: the two points -r, r).
LawPointer sphere(Index dimension, double radius);

/// The names that a spec's `law.type` may take.
std::vector<std::string_view> law_names();

}  // namespace asymptoken
