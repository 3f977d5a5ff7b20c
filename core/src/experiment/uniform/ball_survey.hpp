#pragma once

#include <vector>

#include "asymptoken/matrix.hpp"
#include "asymptoken/random.hpp"

namespace asymptoken {

/// Where a function on a ball is looked at first, and from where it is worth climbing: points of the unit ball.
class BallSurvey {
 public:
  /// The largest dimension that a lattice covers at a bearable price.
  static constexpr Index largest_lattice_dimension = 3;

  /// The cubic lattice of [-1, 1]^d, each cube about the origin carried along its rays to a sphere, so that the outer points
  /// lie on the boundary of the ball. Dimension 1 to largest_lattice_dimension.
  static BallSurvey lattice(Index dimension);
  /// How many points it has.
  static Index lattice_points(Index dimension);

  /// `count` points of the unit sphere: `direction`, its negative, then uniform ones from normal variates of the stream.
  static BallSurvey directions(const Vector& direction, std::int64_t count, Stream stream,
                               SimdTarget target = available_simd_targets().front());

  const Rows<double>& points() const { return points_; }

  /// The points that none of their neighbours exceeds, highest first, at most so many: of the lattice its local maxima,
  /// of directions all.
  std::vector<Index> summits(const Vector& heights, std::size_t most) const;

 private:
  explicit BallSurvey(Rows<double> points, Index per_axis = 0);

  bool is_summit(const Vector& heights, Index point) const;

  Rows<double> points_;
  Index per_axis_;  ///< of the lattice, the last axis fastest; 0: no lattice
};

}  // namespace asymptoken
