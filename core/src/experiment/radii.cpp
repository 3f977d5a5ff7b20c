#include "experiment/radii.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>

namespace asymptoken {

Vector widest_direction(const Law& law, const Matrix& A) {
  const Matrix quadratic_form = A.transpose() * law.covariance() * A;
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(quadratic_form);
  Vector direction = solver.eigenvectors().col(A.cols() - 1);
  Index largest = 0;
  direction.cwiseAbs().maxCoeff(&largest);
  return direction[largest] < 0 ? Vector(-direction) : direction;
}

Parameter radius_parameter() {
  return {.id = "radius", .label = {.title = "radius", .symbol = "R", .remark = ""}, .scale = Scale::linear};
}

Trend constants_trend(std::string metric) {
  return {.id = "constants",
          .label = {.title = "the constant C(R)", .symbol = "C(R)", .remark = "√n × error, at the largest n"},
          .kind = TrendKind::constant,
          .metrics = {std::move(metric)},
          .parameter = "radius",
          .x_label = {.title = "radius", .symbol = "R", .remark = ""},
          .x_scale = Scale::linear};
}

std::vector<double> smooth_radii(const Law& law, const std::vector<double>& radii) {
  constexpr Index largest_dimension = 16;
  std::vector<double> places = radii;
  if (law.dimension() <= largest_dimension && law.finite_support() == nullptr) {
    constexpr int steps = 32;
    for (int i = 1; i < steps; ++i) {
      places.push_back(radii.front() + (radii.back() - radii.front()) * i / steps);
    }
  }
  std::ranges::sort(places);
  const auto repeated = std::ranges::unique(places);
  places.erase(repeated.begin(), repeated.end());
  return places;
}

}  // namespace asymptoken
