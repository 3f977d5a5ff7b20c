#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "asymptoken/law.hpp"
#include "law/checks.hpp"
#include "law/registry.hpp"
#include "law/tokens.hpp"
#include "special/portable.hpp"
#include "special/sphere_caps.hpp"
#include "special/sphere_functions.hpp"
#include "special/sphere_transform.hpp"

namespace asymptoken {

namespace {

/// The left half of A = U diag(s) W'.
struct LeftSingular {
  Matrix U;
  Vector s;
};

/// From the eigenvectors (u, w)/sqrt 2 of [0 A; A' 0], whose eigenvalues are +-s: unlike those of A A' they give small
/// singular values without squaring the rounding error. For a diagonal A all are exact. Where s = 0 the columns of U are
/// not unit vectors; such columns carry no weight in what follows.
LeftSingular left_singular(const Matrix& A) {
  const Index d = A.rows();
  if (A.isDiagonal(0.0)) {
    return {.U = Matrix::Identity(d, d), .s = A.diagonal().cwiseAbs()};
  }
  Matrix bordered = Matrix::Zero(2 * d, 2 * d);
  bordered.topRightCorner(d, d) = A;
  bordered.bottomLeftCorner(d, d) = A.transpose();
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(bordered);
  return {.U = std::numbers::sqrt2 * solver.eigenvectors().topRightCorner(d, d),
          .s = solver.eigenvalues().tail(d).cwiseMax(0.0)};
}

/// Uniform on the sphere of radius R: the mean of the law tilted by t is R A_d(R|t|) t/|t|. [derived]
class Sphere final : public Law {
 public:
  Sphere(Index dimension, double radius) : dimension_(dimension), radius_(radius) {}

  std::string_view name() const override { return "sphere"; }
  Index dimension() const override { return dimension_; }
  bool is_bounded() const override { return true; }
  Vector mean() const override { return Vector::Zero(dimension_); }
  Matrix covariance() const override {
    return Matrix::Identity(dimension_, dimension_) * (radius_ * (radius_ / d()));
  }

  void make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                   SimdTarget target) const override;

  double log_mgf(const Vector& t) const override {
    return detail::sphere_log_mgf(d(), radius_ * t.stableNorm());
  }

  Vector tilted_mean(const Vector& t) const override {
    return radius_ * detail::sphere_tilt(d(), radius_ * t.stableNorm()).mean * t.stableNormalized();
  }

  Matrix tilted_covariance(const Vector& t) const override {
    const Vector direction = t.stableNormalized();
    const detail::SphereTilt tilt = detail::sphere_tilt(d(), radius_ * t.stableNorm());
    const Matrix along = direction * direction.transpose();
    const Matrix across = Matrix::Identity(dimension_, dimension_) - along;
    return radius_ * radius_ * (tilt.variance * along + tilt.mean_over_r * across);
  }

  DoubledTilt doubled_tilt(const Vector& t) const override {
    const double r = radius_ * t.stableNorm();
    return {.log_inflation = detail::sphere_log_inflation(d(), r),
            .mean_shift = radius_ * detail::sphere_mean_shift(d(), r) * t.stableNormalized()};
  }

  std::optional<SphereSection> sphere_section() const override {
    return SphereSection{.dimension = dimension_, .radius = radius_};
  }
  std::optional<SupportMaximum> support_maximum(const Vector& t) const override;

  std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const override {
    const LeftSingular left = left_singular(A);
    const Vector eigenvalues = detail::sphere_transform(radius_, left.s).eigenvalues;
    const Matrix factor = V * left.U * eigenvalues.cwiseSqrt().asDiagonal();
    return Moments{.mean = Vector::Zero(V.rows()), .covariance = factor * factor.transpose()};
  }

 private:
  double d() const { return static_cast<double>(dimension_); }

  Index dimension_;
  double radius_;
};

/// The caps of the unit sphere with eps counted in units of R |t|. Dimension 1 is two points.
std::optional<SupportMaximum> Sphere::support_maximum(const Vector& t) const {
  const double size = t.stableNorm();
  if (size == 0.0) {
    return SupportMaximum{
        .maximiser = mean(), .mass_exponent = 0.0, .log_mass_constant = 0.0, .distance_exponent = 1.0};
  }
  SupportMaximum maximum{.maximiser = radius_ * t.stableNormalized(),
                         .mass_exponent = (d() - 1.0) / 2.0,
                         .log_mass_constant = -std::numbers::ln2,
                         .distance_exponent = 0.5,
                         .exact_up_to = dimension_ > 1 ? 0.0 : 2.0 * radius_ * size};
  if (dimension_ > 1) {
    maximum.log_mass_constant = detail::SphereCaps(d()).log_constant() -
                                maximum.mass_exponent * (portable_log(radius_) + portable_log(size));
  }
  return maximum;
}

/// R z/|z| for normal z, in double and in one order; only the result is rounded to float32.
void Sphere::make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                         SimdTarget target) const {
  detail::check_float(radius_, "law.radius");
  detail::tokens_from_normals(stream, first, out, target, [&](const float* z, float* y) {
    double square = 0.0;
    for (Index i = 0; i < dimension_; ++i) {
      square += static_cast<double>(z[i]) * static_cast<double>(z[i]);
    }
    const double scale = radius_ / std::sqrt(square);
    for (Index i = 0; i < dimension_; ++i) {
      y[i] = static_cast<float>(scale * static_cast<double>(z[i]));
    }
    if (square == 0.0) {
      // No direction: any will do, as this has probability 0 but for rounding.
      std::fill_n(y, dimension_, 0.0F);
      y[0] = static_cast<float>(radius_);
    }
  });
}

}  // namespace

LawPointer sphere(Index dimension, double radius) {
  detail::check_dimension(dimension);
  detail::check_radius(radius);
  return std::make_shared<Sphere>(dimension, radius);
}

namespace {

LawPointer read(Reader& parameters) {
  const Index dimension = read_dimension(parameters);
  return sphere(dimension, parameters.number("radius", 1.0, {1e-150, 1e150}));
}

}  // namespace

LawType sphere_law() {
  return {.description = {.name = "sphere", .title = "sphere", .example = "{}"}, .read = read};
}

}  // namespace asymptoken
