#include "experiment/uniform/ball_survey.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace asymptoken {

namespace {

/// Odd, so that the origin and both ends of each axis are points: 129, 33^2 and 17^3 of them.
constexpr std::array<Index, BallSurvey::largest_lattice_dimension> points_per_axis = {129, 33, 17};

Index power(Index base, Index exponent) { return exponent == 0 ? 1 : base * power(base, exponent - 1); }

/// In R^d, |p|_inf = r to |p|_2 = r.
Vector cube_to_ball(const Vector& p) {
  const double norm = p.norm();
  return norm == 0.0 ? p : Vector(p * (p.cwiseAbs().maxCoeff() / norm));
}

}  // namespace

BallSurvey::BallSurvey(Rows<double> points, Index per_axis)
    : points_(std::move(points)), per_axis_(per_axis) {}

Index BallSurvey::lattice_points(Index dimension) {
  return power(points_per_axis.at(static_cast<std::size_t>(dimension - 1)), dimension);
}

BallSurvey BallSurvey::lattice(Index dimension) {
  const Index per_axis = points_per_axis.at(static_cast<std::size_t>(dimension - 1));
  Rows<double> points(lattice_points(dimension), dimension);
  for (Index i = 0; i < points.rows(); ++i) {
    Vector p(dimension);
    Index rest = i;
    for (Index axis = dimension - 1; axis >= 0; --axis) {
      const Index half = per_axis / 2;
      p[axis] = static_cast<double>(rest % per_axis - half) / static_cast<double>(half);
      rest /= per_axis;
    }
    points.row(i) = cube_to_ball(p).transpose();
  }
  return BallSurvey(std::move(points), per_axis);
}

BallSurvey BallSurvey::directions(const Vector& direction, std::int64_t count, Stream stream,
                                  SimdTarget target) {
  const Index dimension = direction.size();
  Rows<float> normals(static_cast<Index>(count), dimension);
  normal_variates(stream, 0, {normals.data(), static_cast<std::size_t>(normals.size())}, target);
  Rows<double> points = normals.cast<double>();
  points.row(0) = direction.transpose();
  if (count > 1) {
    points.row(1) = -direction.transpose();
  }
  for (Index i = 0; i < points.rows(); ++i) {
    points.row(i) = points.row(i).stableNormalized().eval();
  }
  return BallSurvey(std::move(points));
}

std::vector<Index> BallSurvey::summits(const Vector& heights, std::size_t most) const {
  std::vector<Index> found;
  for (Index i = 0; i < heights.size(); ++i) {
    if (is_summit(heights, i)) {
      found.push_back(i);
    }
  }
  std::ranges::stable_sort(found, [&](Index a, Index b) { return heights[a] > heights[b]; });
  found.resize(std::min(found.size(), most));
  return found;
}

bool BallSurvey::is_summit(const Vector& heights, Index point) const {
  if (per_axis_ == 0) {
    return true;
  }
  const Index dimension = points_.cols();
  const Index neighbours = power(3, dimension);
  for (Index n = 0; n < neighbours; ++n) {
    Index neighbour = 0;
    bool inside = true;
    Index rest = point;
    Index offsets = n;
    Index stride = 1;
    for (Index axis = 0; axis < dimension; ++axis) {
      const Index place = rest % per_axis_ + offsets % 3 - 1;
      inside = inside && place >= 0 && place < per_axis_;
      neighbour += place * stride;
      stride *= per_axis_;
      rest /= per_axis_;
      offsets /= 3;
    }
    if (inside && heights[neighbour] > heights[point]) {
      return false;
    }
  }
  return true;
}

}  // namespace asymptoken
