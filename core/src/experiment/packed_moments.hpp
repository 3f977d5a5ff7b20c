#pragma once

#include <span>
#include <vector>

#include "asymptoken/matrix.hpp"

namespace asymptoken {

// Means and covariances as the values of items: the mean, then the covariance's lower half column by column.

std::size_t packed_size(Index dimension);
void pack(const Moments& moments, std::vector<double>& into);
/// Number `which` of several, one after the other.
Moments unpacked(std::span<const double> numbers, Index dimension, std::size_t which);

/// measured - limit, entry by entry.
Moments deviation(const Moments& measured, const Moments& limit);

/// Mean and covariance of the whole, from those of its parts, which may be deviations from one and the same limit. Added in one
/// order they give the same bits.
class MomentParts {
 public:
  explicit MomentParts(Index dimension);
  /// share: of the part in the whole; the shares sum to 1.
  void add(double share, const Moments& part);
  Moments whole() const;

 private:
  Moments sum_;  ///< the covariance about the origin
};

}  // namespace asymptoken
