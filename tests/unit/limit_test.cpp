#include "asymptoken/limit.hpp"

#include <Eigen/Eigenvalues>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "arbitrary.hpp"

using namespace asymptoken;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// N(0, I) that offers its definitions and nothing more.
class PlainLaw final : public Law {
 public:
  explicit PlainLaw(Index d) : d_(d) {}
  std::string_view name() const override { return "plain"; }
  Index dimension() const override { return d_; }
  bool is_bounded() const override { return false; }
  Vector mean() const override { return Vector::Zero(d_); }
  Matrix covariance() const override { return Matrix::Identity(d_, d_); }
  double log_mgf(const Vector& t) const override { return 0.5 * t.squaredNorm(); }
  Vector tilted_mean(const Vector& t) const override { return t; }
  Matrix tilted_covariance(const Vector& /*t*/) const override { return covariance(); }
  std::optional<Moments> transformed_moments(const Matrix& /*A*/, const Matrix& /*V*/) const override {
    return std::nullopt;
  }

 private:
  void make_tokens(Stream /*stream*/, std::uint64_t /*first*/, Eigen::Ref<Rows<float>> /*out*/,
                   SimdTarget /*target*/) const override {}

  Index d_;
};

}  // namespace

TEST_CASE("the map's limit of any law follows from its definitions", "[limit]") {
  const AttentionForm attention{.A = arbitrary(3, 3, 1), .V = arbitrary(2, 3, 2)};
  const Vector x = arbitrary(3, 1, 3);
  const MapLimit plain = map_limit(PlainLaw(3), attention, x);
  const MapLimit closed = map_limit(*gaussian(Vector::Zero(3), Matrix::Identity(3, 3)), attention, x);
  CHECK(relative(plain.log_mgf, closed.log_mgf) < 1e-14);
  CHECK((plain.gamma - closed.gamma).norm() < 1e-14);
  CHECK(relative(plain.variance_inflation, closed.variance_inflation) < 1e-14);
  CHECK((plain.asymptotic_covariance - closed.asymptotic_covariance).norm() < 1e-14);
  CHECK((plain.bias_times_n - closed.bias_times_n).norm() < 1e-14);
  CHECK(relative(plain.error_constant, closed.error_constant) < 1e-14);
}

TEST_CASE("the map's limit at a query of no logits is that of plain averages", "[limit]") {
  const Matrix covariance = arbitrary_covariance(3, 4);
  const Matrix V = arbitrary(2, 3, 5);
  const Vector mean = arbitrary(3, 1, 6);
  const MapLimit limit =
      map_limit(*gaussian(mean, covariance), {.A = arbitrary(3, 3, 7), .V = V}, Vector::Zero(3));
  CHECK(limit.log_mgf == 0.0);
  CHECK(limit.variance_inflation == 1.0);
  CHECK((limit.gamma - V * mean).norm() < 1e-15);
  CHECK((limit.asymptotic_covariance - V * covariance * V.transpose()).norm() < 1e-15);
  CHECK(limit.bias_times_n.norm() == 0.0);
  const MapLimit on_sphere =
      map_limit(*sphere(3, 2.0), {.A = Matrix::Identity(3, 3), .V = V}, Vector::Zero(3));
  CHECK(on_sphere.gamma.norm() == 0.0);
  CHECK((on_sphere.asymptotic_covariance - V * V.transpose() * 4.0 / 3.0).norm() < 1e-14);
}

TEST_CASE("the map's limit overflows to infinity, its zeros stay zero", "[limit]") {
  const LawPointer law = gaussian(Vector::Zero(2), Matrix::Identity(2, 2));
  const AttentionForm attention{.A = Matrix::Identity(2, 2), .V = Matrix::Identity(2, 2)};
  const Vector x{{30.0, 0.0}};  // rho = e^900
  const MapLimit limit = map_limit(*law, attention, x);
  CHECK(limit.log_mgf == 450.0);
  CHECK(limit.variance_inflation == infinity);
  CHECK(limit.asymptotic_covariance(0, 0) == infinity);
  CHECK(limit.asymptotic_covariance(0, 1) == 0.0);
  CHECK(limit.bias_times_n[0] == -infinity);
  CHECK(limit.bias_times_n[1] == 0.0);
  // sqrt(rho) E|N(0, diag(901, 1))| is still a number
  const double norm = expected_norm(Matrix(Vector{{901.0, 1.0}}.asDiagonal()));
  CHECK(relative(limit.error_constant, std::exp(450.0) * norm) < 1e-12);

  const MapLimit endless = map_limit(*law, attention, 1e200 * x);
  CHECK(endless.log_mgf == infinity);
  CHECK(endless.gamma == 1e200 * x);
  CHECK(endless.error_constant == infinity);
  CHECK(!endless.asymptotic_covariance.hasNaN());
  CHECK(!endless.bias_times_n.hasNaN());
}

TEST_CASE("on the sphere the inflation is a power of the radius, to rounding", "[limit]") {
  // d = 3: M = sinh(r)/r, so rho = r coth r, exactly r from r = 20 on; D = 1/(2r), and S follows.
  const LawPointer law = sphere(3, 1.0);
  const AttentionForm attention{.A = Matrix::Identity(3, 3), .V = Matrix::Identity(3, 3)};
  for (const double r : {25.0, 1e3, 1e6, 1e12, 1e100}) {
    INFO("r = " << r);
    const MapLimit limit = map_limit(*law, attention, r * Vector::Unit(3, 0));
    CHECK(relative(limit.variance_inflation, r) < 1e-13);
    CHECK(relative(limit.bias_times_n[0], -0.5) < 1e-13);                         // -rho D
    CHECK(relative(limit.asymptotic_covariance(0, 0), 1.0 / (2.0 * r)) < 1e-13);  // rho (1/(4r^2) + 1/(4r^2))
    CHECK(relative(limit.asymptotic_covariance(1, 1), (1.0 - 0.5 / r) / 2.0) < 1e-13);  // rho A(2r)/(2r)
  }
}

TEST_CASE("what does not fit the law is refused", "[limit]") {
  const LawPointer law = sphere(2, 1.0);
  const Matrix I = Matrix::Identity(2, 2);
  CHECK(sentence([&] { map_limit(*law, {.A = Matrix::Identity(3, 3), .V = I}, Vector::Zero(2)); }) ==
        "attention.matrix is a 3 x 3 matrix; expected a 2 x 2 matrix");
  CHECK(sentence([&] { map_limit(*law, {.A = I, .V = Matrix::Zero(4, 3)}, Vector::Zero(2)); }) ==
        "attention.value is a 4 x 3 matrix; expected a 4 x 2 matrix");
  CHECK(sentence([&] { map_limit(*law, {.A = I, .V = I}, Vector::Zero(3)); }) ==
        "query is a 3 x 1 matrix; expected a 2 x 1 matrix");
  CHECK(sentence([&] { map_limit(*law, {.A = I, .V = I}, Vector{{0.0, infinity}}); }) ==
        "query is not finite (an entry is inf); expected finite numbers");
  CHECK(sentence([&] { transformed_moments(*law, {.A = I, .V = Matrix::Zero(1, 3)}); }) ==
        "attention.value is a 1 x 3 matrix; expected a 1 x 2 matrix");
  CHECK(sentence([&] { transformed_moments(PlainLaw(2), {.A = I, .V = I}); }) ==
        "law.type is plain; expected a law whose transformed moments are known exactly for this attention");
  CHECK(sentence([&] { horizon(Matrix::Zero(2, 3), I); }) ==
        "covariance is a 2 x 3 matrix; expected a 3 x 3 matrix");
  CHECK(sentence([&] { horizon(I, Matrix::Identity(3, 3)); }) ==
        "attention.matrix is a 3 x 3 matrix; expected a 2 x 2 matrix");
  CHECK(sentence([&] { horizon(Matrix{{1.0, 0.0}, {0.0, -1.0}}, I); }) ==
        "covariance is not positive semi-definite (its smallest eigenvalue is -1); expected a covariance");
  CHECK(sentence([&] { horizon(Matrix{{1.0, 0.5}, {0.0, 1.0}}, I); }) ==
        "covariance is not symmetric (by 0.5); expected a symmetric matrix");
}

TEST_CASE("expected norms that are known", "[limit]") {
  const double one = std::sqrt(2.0 / std::numbers::pi);
  CHECK(expected_norm(Matrix::Zero(3, 3)) == 0.0);
  for (const double variance : {1e-300, 1e-8, 1.0, 1e8, 1e300}) {
    INFO("variance " << variance);
    CHECK(relative(expected_norm(Matrix{{variance}}), one * std::sqrt(variance)) < 1e-14);
    const Vector unit = rotation(4, 8).col(0);
    CHECK(relative(expected_norm(variance * unit * unit.transpose()), one * std::sqrt(variance)) < 1e-13);
    for (const Index d : {Index(2), Index(3), Index(10), Index(1000)}) {
      const auto half = 0.5 * static_cast<double>(d);
      const double expected =
          std::sqrt(2.0 * variance) * std::exp(std::lgamma(half + 0.5) - std::lgamma(half));
      CHECK(relative(expected_norm(variance * Matrix::Identity(d, d)), expected) < 1e-12);
    }
    // two eigenvalues: a complete elliptic integral
    CHECK(relative(expected_norm(variance * Matrix{{1.0, 0.0}, {0.0, 0.25}}),
                   0.966282906664123126 * std::sqrt(variance)) < 1e-14);
    CHECK(relative(expected_norm(variance * Matrix{{1e-6, 0.0}, {0.0, 1.0}}),
                   0.797887670179881088 * std::sqrt(variance)) < 1e-14);
  }
  CHECK(expected_norm(Matrix{{infinity}}) == infinity);
  CHECK(std::isnan(expected_norm(Matrix{{std::nan("")}})));
}

TEST_CASE("the horizon of known matrices", "[limit]") {
  const Vector deviations{{0.5, 1.0, 2.0}};
  const Matrix covariance = deviations.array().square().matrix().asDiagonal();
  const Matrix A = Vector{{3.0, 2.0, 1.0}}.asDiagonal();
  CHECK(relative(horizon(covariance, A), 4.0) < 1e-15);
  CHECK(relative(one_sided_horizon(covariance, A), 2.0) < 1e-15);
  CHECK(horizon(covariance, Matrix::Zero(3, 3)) == 0.0);
  for (const double scale : {1e-200, 1e-100, 1e100, 1e200}) {
    CHECK(relative(horizon(covariance, scale * A), 4.0 * scale) < 1e-14);
  }
  SECTION("turning tokens and form together changes nothing") {
    const Matrix U = rotation(3, 9);
    const Matrix B = arbitrary(3, 3, 10);
    const double H = horizon(covariance, B);
    CHECK(relative(horizon(U * covariance * U.transpose(), U * B * U.transpose()), H) < 1e-14);
    CHECK(relative(one_sided_horizon(U * covariance * U.transpose(), U * B),
                   one_sided_horizon(covariance, B)) < 1e-14);
  }
  SECTION("a covariance of fewer tokens than dimensions") {
    const Matrix root = arbitrary(6, 2, 11);
    const Matrix B = arbitrary(6, 6, 12);
    const double H = (root.transpose() * B * root).operatorNorm();
    CHECK(relative(horizon(root * root.transpose(), B), H) < 1e-11);
    CHECK(horizon(Matrix::Zero(6, 6), B) == 0.0);
  }
}

TEST_CASE("limits of the moments on the line and in space agree", "[limit]") {
  for (const double b : {-0.999, -0.5, -1e-9, 0.0, 1e-9, 0.3, 0.9}) {
    INFO("b = " << b);
    const LineMomentLimit line = line_moment_limit(b);
    const auto limit = gaussian_moment_limit(Matrix{{1.0}}, {.A = Matrix{{b}}, .V = Matrix{{1.0}}});
    REQUIRE(limit);
    CHECK(relative(limit->mean_asymptotic_covariance(0, 0), line.mean_variance) < 1e-12);
    CHECK(relative(limit->self_weight, 1.0 / (1.0 - b)) < 1e-14);
  }
  CHECK(line_moment_limit(0.0).mean_variance == 1.0);
  CHECK(line_moment_limit(0.0).variance_variance == 0.0);
  CHECK(line_moment_limit(1.0).mean_variance == infinity);
  CHECK(line_moment_limit(-1.5).variance_variance == infinity);
}

TEST_CASE("limits of the moments in space", "[limit]") {
  const Index d = 4;
  const Matrix covariance = arbitrary_covariance(d, 13);
  const Matrix A = arbitrary(d, d, 14);
  const Matrix V = arbitrary(2, d, 15);
  const double H = horizon(covariance, A);
  SECTION("there is none from H = 1 on") {
    CHECK(gaussian_moment_limit(covariance, {.A = A * (1.0 - 1e-9) / H, .V = V}).has_value());
    CHECK(!gaussian_moment_limit(covariance, {.A = A * (1.0 + 1e-9) / H, .V = V}).has_value());
    CHECK(!gaussian_moment_limit(covariance, {.A = A * 1e300, .V = V}).has_value());
  }
  SECTION("turning tokens changes nothing") {
    const Matrix U = rotation(d, 16);
    const AttentionForm form{.A = 0.4 / H * A, .V = V};
    const auto one = gaussian_moment_limit(covariance, form);
    const auto other = gaussian_moment_limit(U * covariance * U.transpose(),
                                             {.A = U * form.A * U.transpose(), .V = V * U.transpose()});
    REQUIRE(one);
    REQUIRE(other);
    CHECK((one->mean_asymptotic_covariance - other->mean_asymptotic_covariance).norm() < 1e-14);
    CHECK(relative(one->self_weight, other->self_weight) < 1e-14);
  }
  SECTION("without attention the outputs are one average") {
    const auto limit = gaussian_moment_limit(covariance, {.A = Matrix::Zero(d, d), .V = V});
    REQUIRE(limit);
    CHECK((limit->mean_asymptotic_covariance - V * covariance * V.transpose()).norm() < 1e-15);
    CHECK(limit->self_weight == 1.0);
  }
}

namespace {

/// Whole Gaussian averages over v of the plane, by the trapezoidal rule.
template <class F>
Matrix over_plane(F f) {
  constexpr double step = 0.25;
  constexpr Index reach = 40;
  Matrix sum = Matrix::Zero(2, 2);
  for (Index i = -reach; i <= reach; ++i) {
    for (Index j = -reach; j <= reach; ++j) {
      const Vector v{{step * static_cast<double>(i), step * static_cast<double>(j)}};
      sum += std::exp(-0.5 * v.squaredNorm()) * step * step / (2 * std::numbers::pi) * f(v);
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("the mean's limit belongs to the kind of queries, and to the mean of the tokens", "[limit]") {
  SECTION("on the line: b^2 + 2b + (1 - b^4)^(-3/2), of which queries that are no keys have the last") {
    for (const double b : {-0.7, 0.25, 0.5}) {
      const auto limit = gaussian_moment_limit(Matrix{{1.0}}, {.A = Matrix{{b}}, .V = Matrix{{1.0}}});
      REQUIRE(limit);
      CHECK(relative(limit->independent_mean_covariance(0, 0), std::pow(1.0 - std::pow(b, 4), -1.5)) < 1e-13);
    }
  }
  SECTION(
      "by definition: the covariance of a key's influence, an average over queries, with its own output and "
      "without") {
    const Matrix covariance{{1.0, 0.3}, {0.3, 0.6}};
    const Matrix A{{0.4, -0.2}, {0.1, 0.3}};
    const Matrix V{{1.0, 0.5}, {-0.3, 2.0}};
    const Vector mean{{0.7, -0.4}};
    const Matrix L = covariance.llt().matrixL();
    const Matrix B = L.transpose() * A * L;
    const Vector a = L.transpose() * A * mean;
    const auto influence = [&](const Vector& v) {
      return Vector(over_plane([&](const Vector& u) {
                      const Vector p = a + B * u;
                      Matrix column = Matrix::Zero(2, 2);
                      column.col(0) = std::exp(p.dot(v) - 0.5 * p.squaredNorm()) * (v - p);
                      return column;
                    }).col(0));
    };
    const auto covariance_of = [&](bool is_query) {
      return Matrix(V * L * over_plane([&](const Vector& v) {
                      const Vector h = influence(v) + (is_query ? Vector(B * v) : Vector::Zero(2));
                      return Matrix(h * h.transpose());
                    }) *
                    L.transpose() * V.transpose());
    };
    const auto limit = gaussian_moment_limit(covariance, {.A = A, .V = V}, mean);
    REQUIRE(limit);
    CHECK((limit->mean_asymptotic_covariance - covariance_of(true)).norm() < 1e-9);
    CHECK((limit->independent_mean_covariance - covariance_of(false)).norm() < 1e-9);
    // The mean of the tokens counts.
    const auto centred = gaussian_moment_limit(covariance, {.A = A, .V = V});
    REQUIRE(centred);
    CHECK((limit->independent_mean_covariance - centred->independent_mean_covariance).norm() > 0.01);
    CHECK(limit->self_weight == centred->self_weight);
  }
}

TEST_CASE("what a finite number of queries leaves", "[limit]") {
  // |N(0, c/m)|, and on the line the variance of m numbers varies by 2 c^2/m.
  const double mean_of_normal = std::sqrt(2 / std::numbers::pi);
  CHECK(relative(query_floor_of_mean(Matrix{{0.25}}, 100), 0.05 * mean_of_normal) < 1e-12);
  CHECK(relative(query_floor_of_gaussian_covariance(Matrix{{0.25}}, 100),
                 0.25 * std::sqrt(0.02) * mean_of_normal) < 1e-12);
  // The entries of the square's Gaussian, as a vector of four: (C_ik C_jl + C_il C_jk) / m.
  const Matrix C{{1.0, 0.4}, {0.4, 0.7}};
  Matrix of_entries(4, 4);
  for (Index i = 0; i < 4; ++i) {
    for (Index k = 0; k < 4; ++k) {
      of_entries(i, k) = (C(i / 2, k / 2) * C(i % 2, k % 2) + C(i / 2, k % 2) * C(i % 2, k / 2)) / 50;
    }
  }
  CHECK(relative(query_floor_of_gaussian_covariance(C, 50), expected_norm(of_entries)) < 1e-11);
  CHECK(query_floor_of_gaussian_covariance(Matrix::Zero(3, 3), 50) == 0.0);
}

TEST_CASE("rates at the ends", "[limit]") {
  CHECK(reference_rate(0.0) == 0.5);
  CHECK(gaussian_rate(0.0) == 0.5);
  CHECK(typical_squared_error_rate(0.0) == 1.0);
  CHECK(expected_squared_error_rate(0.0) == 1.0);
  CHECK(influence_tail_index(0.0) == infinity);
  CHECK(expected_squared_error_rate(1e-200) == 1.0);
  for (const double H : {1e8, 1e200, infinity}) {
    INFO("H = " << H);
    const double square = H * H;
    CHECK(reference_rate(H) == 0.5 / (1.0 + square));
    CHECK(gaussian_rate(H) == 1.0 / (1.0 + square));
    CHECK(std::abs(expected_squared_error_rate(H) - 1.0 / square) <= 1e-15 / square);
    CHECK(influence_tail_index(H) == 1.0 + 1.0 / square);
  }
}

TEST_CASE("every status has its name", "[limit]") {
  CHECK(name_of(Status::paper) == "paper");
  CHECK(name_of(Status::derived) == "derived");
  CHECK(name_of(Status::heuristic) == "heuristic");
}
