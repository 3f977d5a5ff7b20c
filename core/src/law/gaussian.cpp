#include "law/gaussian.hpp"

#include <algorithm>
#include <utility>

#include "asymptoken/error.hpp"
#include "law/checks.hpp"
#include "law/registry.hpp"
#include "special/portable.hpp"

namespace asymptoken {

Gaussian::Gaussian(const Vector& mean, const Matrix& covariance)
    : mean_(mean),
      covariance_(detail::checked_covariance(covariance, mean.size(), "law.covariance")),
      factor_(detail::cholesky_factor(covariance_, "law.covariance")),
      is_diagonal_(factor_.isDiagonal(0.0)),
      float_mean_(mean.cast<float>()),
      float_deviations_(factor_.diagonal().cast<float>()),
      float_factor_(factor_.cast<float>()) {}

std::optional<Moments> Gaussian::transformed_moments(const Matrix& A, const Matrix& V) const {
  const Matrix map = V * covariance_ * A;
  const Matrix factor = map * factor_;
  return Moments{.mean = V * mean_ + map * mean_, .covariance = factor * factor.transpose()};
}

/// The product of d trapezoidal rules for the standard normal law.
std::optional<Quadrature> Gaussian::quadrature(Index nodes) const {
  constexpr Index most_axes = 3;
  constexpr double reach = 8.5;  // beyond which there is 2e-17 of the mass
  constexpr Index most_points = 1'000'000;
  const Index d = dimension();
  if (d > most_axes || nodes < 2) {
    return std::nullopt;
  }
  Index count = 1;
  for (Index axis = 0; axis < d; ++axis) {
    if (count > most_points / nodes) {
      return std::nullopt;
    }
    count *= nodes;
  }
  Quadrature rule{.points = Rows<double>(count, d), .weights = Vector(count)};
  Vector z(d);
  for (Index i = 0; i < count; ++i) {
    Index rest = i;
    for (Index axis = 0; axis < d; ++axis) {
      z[axis] = reach * (2.0 * static_cast<double>(rest % nodes) / static_cast<double>(nodes - 1) - 1.0);
      rest /= nodes;
    }
    rule.points.row(i) = (mean_ + factor_ * z).transpose();
    rule.weights[i] = portable_exp(-0.5 * z.squaredNorm());
  }
  rule.weights /= rule.weights.sum();
  return rule;
}

void Gaussian::make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                           SimdTarget target) const {
  check_sampling();
  const Index d = dimension();
  constexpr Index normals_at_once = 16384;
  const Index rows_at_once = std::max<Index>(1, normals_at_once / d);
  Rows<float> normals(std::min(rows_at_once, out.rows()), d);
  const std::optional<LinearMap> map = mixing(target);
  for (Index start = 0; start < out.rows(); start += rows_at_once) {
    const Index rows = std::min(rows_at_once, out.rows() - start);
    normal_variates(stream, (first + static_cast<std::uint64_t>(start)) * static_cast<std::uint64_t>(d),
                    {normals.data(), static_cast<std::size_t>(rows * d)}, target);
    place(normals.topRows(rows), map, out.middleRows(start, rows));
  }
}

void Gaussian::check_sampling() const {
  if (!float_mean_.allFinite() || !float_factor_.allFinite()) {
    throw Error("law", "too wide to sample",
                "means up to 3e38 and variances up to 1e76, as tokens are float32");
  }
}

std::optional<LinearMap> Gaussian::mixing(SimdTarget target) const {
  if (is_diagonal_) {
    return std::nullopt;
  }
  return LinearMap(float_factor_, {}, {.target = target, .deterministic = true});
}

void Gaussian::place(const RowsView<float>& normals, const std::optional<LinearMap>& mixing,
                     Eigen::Ref<Rows<float>> tokens) const {
  if (mixing) {
    mixing->apply(normals, tokens);
    tokens.rowwise() += float_mean_;
  } else {
    tokens = (normals.array().rowwise() * float_deviations_.array()).rowwise() + float_mean_.array();
  }
}

void check_gaussian_mean(const Vector& mean) {
  if (mean.size() == 0) {
    throw Error("law.mean", "empty", "at least one number");
  }
  detail::check_finite(mean, "law.mean");
}

GaussianParameters read_gaussian_parameters(Reader& parameters) {
  const Index dimension = read_dimension(parameters);
  Vector mean = parameters.vector("mean", dimension, 0.0);
  return {.mean = std::move(mean), .covariance = parameters.matrix("covariance", dimension, 1.0)};
}

LawPointer gaussian(const Vector& mean, const Matrix& covariance) {
  check_gaussian_mean(mean);
  return std::make_shared<Gaussian>(mean, covariance);
}

namespace {

LawPointer read(Reader& parameters) {
  const auto [mean, covariance] = read_gaussian_parameters(parameters);
  return gaussian(mean, covariance);
}

}  // namespace

LawType gaussian_law() {
  return {.description = {.name = "gaussian", .title = "Gaussian", .example = "{}"}, .read = read};
}

}  // namespace asymptoken
