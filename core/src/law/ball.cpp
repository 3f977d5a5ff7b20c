#include "asymptoken/law.hpp"
#include "law/checks.hpp"
#include "law/registry.hpp"
#include "law/tokens.hpp"

namespace asymptoken {

namespace {

/// A uniform point of the sphere of R^{d+2} has a uniform point of the ball of R^d as its first d coordinates
/// (Archimedes; d = 1 is his hat-box). So the ball's law is the sphere's, seen by vectors that end in two zeros: each
/// member below asks the sphere, and keeps the first d coordinates. [derived]
class Ball final : public Law {
 public:
  Ball(Index dimension, double radius) : dimension_(dimension), above_(sphere(dimension + 2, radius)) {}

  std::string_view name() const override { return "ball"; }
  Index dimension() const override { return dimension_; }
  bool is_bounded() const override { return true; }
  Vector mean() const override { return below(above_->mean()); }
  Matrix covariance() const override { return below(above_->covariance()); }

  void make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                   SimdTarget target) const override {
    Rows<float> points(out.rows(), out.cols() + 2);
    above_->sample(stream, first, points, target);
    out = points.leftCols(out.cols());
  }

  double log_mgf(const Vector& t) const override { return above_->log_mgf(lifted(t)); }
  Vector tilted_mean(const Vector& t) const override { return below(above_->tilted_mean(lifted(t))); }
  Matrix tilted_covariance(const Vector& t) const override {
    return below(above_->tilted_covariance(lifted(t)));
  }

  DoubledTilt doubled_tilt(const Vector& t) const override {
    const DoubledTilt doubled = above_->doubled_tilt(lifted(t));
    return {.log_inflation = doubled.log_inflation, .mean_shift = below(doubled.mean_shift)};
  }

  std::optional<SphereSection> sphere_section() const override { return above_->sphere_section(); }
  std::optional<SupportMaximum> support_maximum(const Vector& t) const override {
    std::optional<SupportMaximum> maximum = above_->support_maximum(lifted(t));
    if (maximum) {
      maximum->maximiser = below(maximum->maximiser);
      if (dimension_ == 1) {
        maximum->distance_exponent = 1.0;  // an interval ends in corners
      }
    }
    return maximum;
  }

  std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const override {
    return above_->transformed_moments(lifted(A, dimension_ + 2), lifted(V, V.rows()));
  }

 private:
  Vector below(const Vector& vector) const { return vector.head(dimension_); }
  Matrix below(const Matrix& matrix) const { return matrix.topLeftCorner(dimension_, dimension_); }

  Vector lifted(const Vector& t) const { return lifted(t.transpose(), 1).transpose(); }
  Matrix lifted(const Matrix& matrix, Index rows) const {
    Matrix result = Matrix::Zero(rows, dimension_ + 2);
    result.topLeftCorner(matrix.rows(), dimension_) = matrix;
    return result;
  }

  Index dimension_;
  LawPointer above_;
};

}  // namespace

LawPointer ball(Index dimension, double radius) {
  detail::check_dimension(dimension);
  return std::make_shared<Ball>(dimension, radius);
}

namespace {

LawPointer read(Reader& parameters) {
  const Index dimension = read_dimension(parameters);
  return ball(dimension, parameters.number("radius", 1.0, {1e-150, 1e150}));
}

}  // namespace

LawType ball_law() {
  return {.description = {.name = "ball", .title = "ball", .example = "{}"}, .read = read};
}

}  // namespace asymptoken
