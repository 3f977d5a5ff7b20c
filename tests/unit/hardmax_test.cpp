#include "asymptoken/hardmax.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "arbitrary.hpp"
#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "example_laws.hpp"
#include "special/log_gamma.hpp"
#include "special/normal_tail.hpp"

using namespace asymptoken;

namespace {

struct MeanAndError {
  double mean;
  double standard_error;
};

MeanAndError mean_of(const std::vector<double>& samples) {
  const auto count = static_cast<double>(samples.size());
  double sum = 0;
  double squares = 0;
  for (const double sample : samples) {
    sum += sample;
    squares += sample * sample;
  }
  const double mean = sum / count;
  return {.mean = mean, .standard_error = std::sqrt((squares / count - mean * mean) / (count - 1))};
}

Rows<float> tokens_of(const Law& law, Index n, std::uint32_t replicate) {
  Rows<float> tokens(n, law.dimension());
  law.sample(Stream::of(5, StreamPurpose::tokens, replicate), 0, tokens);
  return tokens;
}

/// E[max <t,y> - max_{j<=n} <t,y_j>] by simulation.
MeanAndError simulated_gap(const Law& law, const Vector& t, Index n) {
  const double top = t.dot(law.support_maximum(t)->maximiser);
  std::vector<double> gaps;
  for (std::uint32_t replicate = 0; replicate < 2000; ++replicate) {
    gaps.push_back(top - (tokens_of(law, n, replicate).cast<double>() * t).maxCoeff());
  }
  return mean_of(gaps);
}

}  // namespace

TEST_CASE("hardmax is where softmax goes as lambda grows, no further than its bound", "[hardmax]") {
  const Rows<double> tokens = arbitrary(20, 3, 71);
  const AttentionForm attention{.A = arbitrary(3, 3, 72), .V = arbitrary(2, 3, 73)};
  const Vector query = arbitrary(3, 1, 74);
  const HardmaxAttention hardmax = hardmax_attention(tokens, attention, query);
  REQUIRE(hardmax.argmax.size() == 1);
  const Rows<double> values = tokens * attention.V.transpose();
  const double largest = values.rowwise().norm().maxCoeff();
  double before = std::numeric_limits<double>::infinity();
  for (const double lambda : {1.0, 10.0, 30.0, 100.0}) {
    const Rows<double> tilt = (attention.A * query).transpose();
    const Vector softmax = attend<double>(tilt, tokens, values, lambda).output.row(0).transpose();
    const double distance = (softmax - hardmax.output).norm();
    CHECK(distance <= hardmax_distance_bound(largest, 20, hardmax.gap, lambda));
    CHECK(distance < before);
    before = distance;
  }
}

TEST_CASE("ties share hardmax equally", "[hardmax]") {
  Rows<double> tokens(4, 2);
  tokens << 1, 0, 1, 8, -1, 5, 1, 1;
  const AttentionForm attention{.A = Matrix::Identity(2, 2), .V = Matrix::Identity(2, 2)};
  const HardmaxAttention hardmax = hardmax_attention(tokens, attention, Vector::Unit(2, 0));
  CHECK(hardmax.argmax == std::vector<Index>{0, 1, 3});
  CHECK(hardmax.output == Vector((Vector(2) << 1, 3).finished()));
  CHECK(hardmax.gap == 2);
  CHECK(std::isinf(hardmax_attention(tokens, attention, Vector::Zero(2)).gap));
  CHECK_THROWS_AS(hardmax_attention(tokens, attention, Vector::Zero(3)), Error);
  CHECK_THROWS_AS(hardmax_attention(Rows<double>(0, 2), attention, Vector::Zero(2)), Error);
}

// The law's own K and its derivatives, which know nothing of maxima, far along t.
TEST_CASE("the maximum over the support is what every bounded law tends to along t", "[hardmax][law]") {
  const double lambda = 1e7;
  for (const Index d : {2, 3}) {
    for (const LawPointer& law : example_laws(d)) {
      INFO(law->name() << ", d = " << d);
      const Vector t = arbitrary(d, 1, 75);
      const auto maximum = law->support_maximum(t);
      REQUIRE(maximum.has_value() == law->is_bounded());
      if (!maximum) {
        continue;
      }
      const double q = maximum->mass_exponent;
      const double top = t.dot(maximum->maximiser);
      CHECK((law->tilted_mean(lambda * t) - maximum->maximiser).norm() < 1e-5);
      // M(lambda t) ~ kappa Gamma(q+1) lambda^-q e^{lambda max}; lambda max itself takes eight digits.
      const double log_mass =
          law->log_mgf(lambda * t) - lambda * top + q * std::log(lambda) - std::lgamma(q + 1);
      CHECK(std::abs(log_mass - maximum->log_mass_constant) < 1e-5);
      CHECK(std::log(softmax_inflation(*maximum, lambda)) ==
            Catch::Approx(law->doubled_tilt(lambda * t).log_inflation).margin(1e-5));
      const double at = 1e4;
      CHECK((top - t.dot(law->tilted_mean(at * t))) * at ==
            Catch::Approx(softmax_gap(*maximum, at) * at).epsilon(2e-3).margin(1e-6));
    }
  }
}

TEST_CASE("no token lies above the maximum over the support", "[hardmax][law]") {
  for (const LawPointer& law : example_laws(3)) {
    for (unsigned seed = 80; seed < 84 && law->is_bounded(); ++seed) {
      const Vector t = arbitrary(3, 1, seed);
      const double top = t.dot(law->support_maximum(t)->maximiser);
      const Vector logits = tokens_of(*law, 2000, 0).cast<double>() * t;
      CHECK(logits.maxCoeff() <= top + 1e-6);
      CHECK(logits.maxCoeff() > 0.5 * top);
    }
  }
}

TEST_CASE("where the maximum is not one point, the law's mean over it counts", "[hardmax][law]") {
  const Vector t = (Vector(3) << 2, 0, -1).finished();
  const auto corner = box((Vector(3) << 1, 2, 3).finished())->support_maximum(t).value();
  CHECK(corner.maximiser == Vector((Vector(3) << 1, 0, -3).finished()));
  CHECK(corner.mass_exponent == 2);
  CHECK(corner.log_mass_constant == Catch::Approx(-std::log(2.0 * (2 * 1 * 2) * (2 * 3 * 1))));
  const auto vertex = two_point((Vector(3) << 0, 0, 1).finished(), (Vector(3) << 1, 4, 2).finished(),
                                (Vector(3) << 0.25, 0.5, 0.125).finished())
                          ->support_maximum(t)
                          .value();
  CHECK(vertex.maximiser == Vector((Vector(3) << 1, 2, 1).finished()));
  CHECK(vertex.mass_exponent == 0);
  CHECK(std::exp(vertex.log_mass_constant) == Catch::Approx(0.25 * 0.875));
  Rows<double> list(3, 2);
  list << 1, 0, 1, 4, 0, 9;
  const auto tied =
      points(list, (Vector(3) << 1, 3, 4).finished())->support_maximum(Vector::Unit(2, 0)).value();
  CHECK(tied.maximiser == Vector((Vector(2) << 1, 3).finished()));
  CHECK(std::exp(tied.log_mass_constant) == Catch::Approx(0.5));
  for (const LawPointer& law : example_laws(2)) {
    if (law->is_bounded()) {
      const auto everywhere = law->support_maximum(Vector::Zero(2)).value();
      CHECK((everywhere.maximiser - law->mean()).norm() < 1e-15);
      CHECK(std::abs(everywhere.log_mass_constant) < 1e-15);
    }
  }
}

TEST_CASE("the gap to the maximum falls as the mass near it says", "[hardmax][statistics]") {
  // Four standard errors; corrections are of order 1/n for the box, below 1e-3 there.
  const Vector t = (Vector(2) << 1, -0.5).finished();
  const LawPointer square = box((Vector(2) << 1, 2).finished());
  const MeanAndError in_box = simulated_gap(*square, t, 2000);
  CHECK(std::abs(in_box.mean - hardmax_gap(square->support_maximum(t).value(), 2000)) <
        4 * in_box.standard_error);
  const MeanAndError in_ball = simulated_gap(*ball(2, 1.5), t, 100);
  CHECK(std::abs(in_ball.mean - 1.5 * t.norm() * largest_cosine(4, 100).mean_gap) <
        4 * in_ball.standard_error);
}

TEST_CASE("the largest normal variate", "[hardmax]") {
  // In closed form up to n = 3, then by adaptive quadrature of the tails with 40 digits.
  const std::pair<double, double> expected[] = {{1, 0},
                                                {2, 1 / std::sqrt(std::numbers::pi)},
                                                {3, 1.5 / std::sqrt(std::numbers::pi)},
                                                {5, 1.1629644736405196128},
                                                {1e6, 4.8628974861964627212},
                                                {1e9, 6.0876845844459586505},
                                                {1e12, 7.1124636847674710331}};
  for (const auto& [n, mean] : expected) {
    INFO("n = " << n);
    CHECK(std::abs(normal_maximum(n).mean - mean) <= 1e-13 * mean);
  }
  // The expansion holds to O((ln ln n)^2 / (ln n)^{3/2}).
  CHECK(std::abs(normal_maximum(1e12).mean - normal_maximum(1e12).second_order) < 0.02);
  CHECK_THROWS_AS(normal_maximum(0.5), Error);
  CHECK_THROWS_AS(normal_maximum(std::numeric_limits<double>::infinity()), Error);
}

TEST_CASE("the normal tail without a libm", "[hardmax]") {
  for (double x = 0; x < 15; x += 0.0625) {
    INFO("x = " << x);
    CHECK(detail::normal_tail(x) == Catch::Approx(0.5 * std::erfc(x / std::numbers::sqrt2)).epsilon(1e-13));
    CHECK(detail::log_normal_distribution(-x) ==
          Catch::Approx(std::log(0.5 * std::erfc(x / std::numbers::sqrt2))).epsilon(1e-14));
    CHECK(detail::log_normal_distribution(x) ==
          Catch::Approx(std::log1p(-0.5 * std::erfc(x / std::numbers::sqrt2))).epsilon(1e-13));
  }
}

TEST_CASE("log gamma without a libm", "[hardmax]") {
  for (const double x : {1e-3, 0.5, 1.0, 1.04, 1.5, 2.0, 3.7, 20.0, 49.9, 50.0, 3000.5}) {
    CHECK(std::abs(detail::log_gamma(x) - std::lgamma(x)) < 1e-13 * std::max(1.0, std::abs(std::lgamma(x))));
  }
}

TEST_CASE("the largest cosine in closed form", "[hardmax]") {
  for (const double n : {1.0, 2.0, 10.0, 1e4, 1e9, 1e15}) {
    INFO("n = " << n);
    // d = 3: cosines are uniform.
    const LargestCosine cosine = largest_cosine(3, n);
    CHECK(cosine.mean_gap == Catch::Approx(2 / (n + 1)).epsilon(1e-12));
    CHECK(cosine.mean_squared_sine == Catch::Approx(4 * n / (n + 1) / (n + 2)).epsilon(1e-12));
    if (n < 1e5) {  // 2 n B(3/2, n)
      const double distance = 2 * n * std::exp(std::lgamma(1.5) + std::lgamma(n) - std::lgamma(n + 1.5));
      CHECK(cosine.mean_distance == Catch::Approx(distance).epsilon(1e-10));
    }
  }
  for (const Index d : {2, 5, 50, 4096, 65536}) {
    // One point: a cosine of mean 0 and mean square 1/d.
    CHECK(largest_cosine(d, 1).mean_gap == Catch::Approx(1).epsilon(1e-11));
    CHECK(largest_cosine(d, 1).mean_squared_sine ==
          Catch::Approx(1 - 1 / static_cast<double>(d)).epsilon(1e-11));
  }
  // d = 2: angles are uniform, so E[1 - cos(pi s)] with s the least of n uniform variates. n = 1, 2 by hand.
  CHECK(largest_cosine(2, 2).mean_gap ==
        Catch::Approx(1 - 4 / (std::numbers::pi * std::numbers::pi)).epsilon(1e-12));
  // By adaptive quadrature with 25 digits.
  CHECK(largest_cosine(2, 7).mean_gap == Catch::Approx(0.1255215555455596).epsilon(1e-12));
  CHECK(largest_cosine(400, 1e6).mean_gap == Catch::Approx(0.7599958851120366).epsilon(1e-12));
  CHECK(largest_cosine(400, 1e6).mean_squared_sine == Catch::Approx(0.9422574993743371).epsilon(1e-12));
  CHECK_THROWS_AS(largest_cosine(1, 10), Error);
  CHECK_THROWS_AS(largest_cosine(3, 0), Error);
}

TEST_CASE("theory section 8: the largest cosine at d = 50", "[hardmax]") {
  const auto square = [](double n) { return 1 - largest_cosine(50, n).mean_squared_sine; };
  CHECK(std::abs(square(1e3) - 0.196) < 5e-4);
  CHECK(std::abs(square(1e4) - 0.264) < 5e-4);
  CHECK(std::abs(square(1e5) - 0.327) < 5e-4);
  for (const double n : {1e3, 1e4}) {
    const double slope =
        std::log10(largest_cosine(50, 10 * n).mean_squared_sine / largest_cosine(50, n).mean_squared_sine);
    CHECK(slope > -0.0395);
    CHECK(slope < -0.0375);
  }
  CHECK(largest_cosine(50, 1e5).mean_squared_sine == Catch::Approx(0.6727064301261417).epsilon(1e-12));
  CHECK(largest_cosine(50, 1e3).mean_gap == Catch::Approx(0.5594875366499923).epsilon(1e-12));
  CHECK(largest_cosine(2, 1e4).mean_gap * 1e8 ==
        Catch::Approx(std::numbers::pi * std::numbers::pi).epsilon(1e-3));
}

TEST_CASE("theory section 8: hardmax outputs on the sphere are less spread, as c_n says",
          "[hardmax][statistics]") {
  const Index d = 3;
  const Index n = 30;
  const double radius = 2;
  const LawPointer law = sphere(d, radius);
  const Matrix A = (Vector(3) << 3, 1, 0.5).finished().asDiagonal();
  const Matrix C = transformed_moments(*law, {.A = 1e9 * A, .V = Matrix::Identity(d, d)}).covariance;
  const Matrix shift = hardmax_covariance_shift(C, radius, static_cast<double>(n));
  std::vector<std::vector<double>> squares(3);
  for (std::uint32_t replicate = 0; replicate < 40000; ++replicate) {
    const Rows<double> all = tokens_of(*law, n + 1, replicate).cast<double>();
    const AttentionForm attention{.A = A, .V = Matrix::Identity(d, d)};
    const Vector output = hardmax_attention(all.topRows(n), attention, all.row(n).transpose()).output;
    for (Index i = 0; i < d; ++i) {
      squares[static_cast<std::size_t>(i)].push_back(output[i] * output[i]);
    }
  }
  for (Index i = 0; i < d; ++i) {
    const MeanAndError measured = mean_of(squares[static_cast<std::size_t>(i)]);
    CHECK(std::abs(measured.mean - (C + shift)(i, i)) < 4 * measured.standard_error);
  }
  // The shift is what is tested, not noise.
  CHECK(std::abs(shift(0, 0)) > 20 * mean_of(squares[0]).standard_error);
  CHECK(hardmax_covariance_shift(4.0 / 3 * Matrix::Identity(d, d), radius, 10).norm() < 1e-14);
}

TEST_CASE("theory section 5: exponents join where regimes meet", "[hardmax]") {
  for (const double b : {0.5, 1 / std::sqrt(3.0), 1.0}) {
    const RandomEnergy below = random_energy(b * (1 - 1e-9));
    const RandomEnergy above = random_energy(b * (1 + 1e-9));
    CHECK(below.free_energy == Catch::Approx(above.free_energy).margin(1e-7));
    CHECK(below.error_exponent == Catch::Approx(above.error_exponent).margin(1e-7));
    CHECK(below.squared_error_exponent == Catch::Approx(above.squared_error_exponent).margin(1e-7));
    CHECK(below.alignment == Catch::Approx(above.alignment).margin(1e-7));
    CHECK(below.participation == Catch::Approx(above.participation).margin(1e-7));
  }
  // Averages over samples are never better than typical samples.
  for (double b = 0; b < 2; b += 0.05) {
    CHECK(random_energy(b).squared_error_exponent <= 2 * random_energy(b).error_exponent + 1e-12);
  }
  CHECK(random_energy(0.25).squared_error_exponent == 0.875);
  CHECK(random_energy(0.75).squared_error_exponent == Catch::Approx(0.4375 * 0.4375 / 2.25));
  CHECK_THROWS_AS(random_energy(-1), Error);
}
