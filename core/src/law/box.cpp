#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "asymptoken/error.hpp"
#include "asymptoken/law.hpp"
#include "law/checks.hpp"
#include "law/registry.hpp"
#include "law/tokens.hpp"
#include "special/box_transform.hpp"
#include "special/portable.hpp"
#include "special/sphere_functions.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

/// Uniform numbers in [-1, 1] are a coordinate of the sphere of R^3 (Archimedes): M = sinh(r)/r, A_3 = coth r - 1/r.
constexpr double line = 3.0;

/// Independent uniform coordinates. [derived]
class Box final : public Law {
 public:
  explicit Box(Vector half_widths) : h_(std::move(half_widths)) {}

  std::string_view name() const override { return "box"; }
  Index dimension() const override { return h_.size(); }
  bool is_bounded() const override { return true; }
  Vector mean() const override { return Vector::Zero(h_.size()); }
  Matrix covariance() const override { return (h_.array().square() / 3.0).matrix().asDiagonal(); }

  /// 2u - 1 is exact in float32; only its product with h is rounded.
  void make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                   SimdTarget target) const override {
    detail::check_float(h_.maxCoeff(), "law.half_widths");
    const Eigen::VectorXf h = h_.cast<float>();
    detail::tokens_from<float>(
        [=](std::uint64_t i, std::span<float> u) { uniform_variates(stream, i, u, target); }, h.size(), first,
        out,
        [&](const float* u, float* y) {
          for (Index i = 0; i < h.size(); ++i) {
            y[i] = h[i] * (2.0F * u[i] - 1.0F);
          }
        });
  }

  double log_mgf(const Vector& t) const override {
    double sum = 0.0;
    for (Index i = 0; i < t.size(); ++i) {
      sum += detail::sphere_log_mgf(line, h_[i] * std::abs(t[i]));
    }
    return sum;
  }

  Vector tilted_mean(const Vector& t) const override {
    return per_coordinate(t, [](double h, double t_i) {
      return std::copysign(h * detail::sphere_tilt(line, h * std::abs(t_i)).mean, t_i);
    });
  }

  Matrix tilted_covariance(const Vector& t) const override {
    return per_coordinate(t,
                          [](double h, double t_i) {
                            return h * h * detail::sphere_tilt(line, h * std::abs(t_i)).variance;
                          })
        .asDiagonal();
  }

  DoubledTilt doubled_tilt(const Vector& t) const override {
    double log_inflation = 0.0;
    for (Index i = 0; i < t.size(); ++i) {
      log_inflation += detail::sphere_log_inflation(line, h_[i] * std::abs(t[i]));
    }
    return {.log_inflation = log_inflation,
            .mean_shift = per_coordinate(t, [](double h, double t_i) {
              return std::copysign(h * detail::sphere_mean_shift(line, h * std::abs(t_i)), t_i);
            })};
  }

  /// A corner, or the middle of the face of the coordinates with t_i = 0: of the others k, the share of volume with
  /// sum_i |t_i| x_i < eps below it is eps^k / (k! prod_i 2 h_i |t_i|).
  std::optional<SupportMaximum> support_maximum(const Vector& t) const override {
    SupportMaximum maximum{.maximiser = Vector::Zero(t.size()),
                           .mass_exponent = 0.0,
                           .log_mass_constant = 0.0,
                           .distance_exponent = 1.0,
                           .spread = Matrix::Zero(t.size(), (t.array() == 0.0).count()),
                           .exact_up_to = std::numeric_limits<double>::infinity()};
    Index free = 0;
    for (Index i = 0; i < t.size(); ++i) {
      if (t[i] == 0.0) {
        maximum.spread(i, free++) = h_[i] / std::sqrt(3.0);
      } else {
        // Until the edge of that coordinate ends.
        maximum.exact_up_to = std::min(maximum.exact_up_to, 2.0 * h_[i] * std::abs(t[i]));
        maximum.maximiser[i] = std::copysign(h_[i], t[i]);
        ++maximum.mass_exponent;
        maximum.log_mass_constant -=
            portable_log(maximum.mass_exponent) + portable_log(2.0 * h_[i]) + portable_log(std::abs(t[i]));
      }
    }
    return maximum;
  }

  /// The i-th output before V is h_i L(h_i (A x)_i), L the Langevin function A_3.
  std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const override {
    const auto h = h_.asDiagonal();
    const std::optional<Matrix> covariance = detail::box_transform(h * A * h);
    if (!covariance) {
      return std::nullopt;
    }
    const Matrix scaled = V * h;
    return Moments{.mean = Vector::Zero(V.rows()), .covariance = scaled * *covariance * scaled.transpose()};
  }

 private:
  Vector per_coordinate(const Vector& t, auto value) const {
    Vector result(t.size());
    for (Index i = 0; i < t.size(); ++i) {
      result[i] = value(h_[i], t[i]);
    }
    return result;
  }

  Vector h_;
};

}  // namespace

LawPointer box(const Vector& half_widths) {
  detail::check_dimension(half_widths.size());
  for (const double h : half_widths) {
    if (!(h > 0.0) || !std::isfinite(h)) {
      throw Error("law.half_widths", detail::text_of(h), "finite numbers above 0");
    }
  }
  return std::make_shared<Box>(half_widths);
}

namespace {

LawPointer read(Reader& parameters) {
  const Index dimension = read_dimension(parameters);
  return box(parameters.vector("half_widths", dimension, 1.0));
}

}  // namespace

LawType box_law() { return {.description = {.name = "box", .title = "box", .example = "{}"}, .read = read}; }

}  // namespace asymptoken
