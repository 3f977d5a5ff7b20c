#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "arbitrary.hpp"
#include "asymptoken/experiment.hpp"
#include "by_definition.hpp"
#include "experiment/uniform/ball_climber.hpp"
#include "experiment/uniform/ball_survey.hpp"
#include "run_experiment.hpp"

// The experiment `uniform`: what it finds is compared with naive float64 searches, and its constants with the limit process.

using namespace asymptoken;

namespace {

const std::string line = R"({"experiment": "uniform", "seed": 5,
 "law": {"type": "gaussian_mixture", "dimension": 1, "components": [{"mean": -1, "covariance": 0.5}, {"mean": 0.7}]},
 "attention": {"matrix": 1.2, "value": [[2]]}, "ball": {"radii": [0.5, 2]}, "tokens": [200, 1500], "replicates": 1})";
const double line_radii[] = {0.5, 2};

const std::string plane = R"({"experiment": "uniform", "seed": 6,
 "law": {"type": "gaussian", "dimension": 2, "mean": [0.3, -1], "covariance": [[1, 0.3], [0.3, 0.6]]},
 "attention": {"matrix": [[1, 0.4], [-0.2, 0.7]], "value": [[1, 0], [0.5, 2], [0, 1]]},
 "ball": {"radii": [0.8, 2]}, "tokens": [150], "replicates": 2})";
const double plane_radii[] = {0.8, 2};

const std::string five = R"({"experiment": "uniform", "seed": 7,
 "law": {"type": "gaussian", "dimension": 5, "covariance": [1, 0.8, 0.6, 0.5, 0.4]},
 "attention": {"horizons": [0.5, 1]}, "ball": {"radii": [1, 2.5], "starts": 40}, "tokens": [300], "replicates": 1})";
const double five_radii[] = {1, 2.5};

const std::string nested = R"({"list": [100, 1030, 2600], "nested": true})";

/// Softmax average of the tokens and their softmax covariance, straight from the definition.
Moments tilted(const Rows<double>& tokens, const Vector& t) {
  const Vector logits = tokens * t;
  const Vector raw = (logits.array() - logits.maxCoeff()).exp();
  const Vector weights = raw / raw.sum();
  const Vector mean = tokens.transpose() * weights;
  return {.mean = mean,
          .covariance = tokens.transpose() * weights.asDiagonal() * tokens - mean * mean.transpose()};
}

/// |Gamma_n(x) - Gamma(x)|
double height(const Rows<double>& tokens, const Law& law, const AttentionForm& form, const Vector& x) {
  const Vector t = form.A * x;
  return (form.V * (tilted(tokens, t).mean - law.tilted_mean(t))).norm();
}

/// The largest height over a grid that holds the boundary of the ball.
double grid_supremum(const Rows<double>& tokens, const Law& law, const AttentionForm& form, double radius) {
  double largest = 0;
  constexpr int radial = 120;
  constexpr int angular = 720;
  for (int r = 0; r <= radial; ++r) {
    const double length = radius * r / radial;
    if (law.dimension() == 1) {
      for (const double x : {length, -length}) {
        largest = std::max(largest, height(tokens, law, form, Vector::Constant(1, x)));
      }
      continue;
    }
    for (int a = 0; a < angular; ++a) {
      const double angle = 2 * std::numbers::pi * a / angular;
      const Vector x{{length * std::cos(angle), length * std::sin(angle)}};
      largest = std::max(largest, height(tokens, law, form, x));
    }
  }
  return largest;
}

/// Projected gradient ascent with the exact Jacobian V (Cov_n - C) A, halving and doubling its step.
double climb(const Rows<double>& tokens, const Law& law, const AttentionForm& form, double radius, Vector x) {
  double at = height(tokens, law, form, x);
  double step = radius;
  for (int i = 0; i < 150 && step > 1e-7 * radius; ++i) {
    const Vector t = form.A * x;
    const Moments sample = tilted(tokens, t);
    const Vector error = form.V * (sample.mean - law.tilted_mean(t));
    const Matrix jacobian = form.V * (sample.covariance - law.tilted_covariance(t)) * form.A;
    const Vector moved = x + step * (jacobian.transpose() * error).normalized();
    const Vector trial = moved * std::min(1.0, radius / moved.norm());
    const double trial_height = height(tokens, law, form, trial);
    if (trial_height > at) {
      x = trial;
      at = trial_height;
      step *= 2;
    } else {
      step /= 2;
    }
  }
  return at;
}

double supremum(const std::vector<double>& values, std::size_t curve) { return values[2 * curve]; }
double agreement(const std::vector<double>& values, std::size_t curve) { return values[2 * curve + 1]; }

/// Mean of sqrt(n) sup over the replicates of the last point, and its standard error.
Estimate constant_of(const Curve& curve) {
  Estimate estimate = curve.points.back().metrics[0].value();
  const double root = std::sqrt(static_cast<double>(curve.points.back().n));
  estimate.mean *= root;
  estimate.standard_deviation *= root;
  return estimate;
}

double predicted(const Curve& curve, std::string_view id) {
  return std::ranges::find(curve.predictions, id, &Prediction::id)->value;
}

}  // namespace

TEST_CASE("the lattice fills the ball up to its boundary", "[uniform]") {
  for (const Index d : {1, 2, 3}) {
    const BallSurvey survey = BallSurvey::lattice(d);
    const Vector norms = survey.points().rowwise().norm();
    CHECK(norms.maxCoeff() <= 1 + 1e-15);
    CHECK(norms.minCoeff() == 0.0);
    // No point of the ball is further from the lattice than the cells allow.
    const Matrix points = 2 * arbitrary(40, d, 8);
    for (Index i = 0; i < points.rows(); ++i) {
      const Vector x = points.row(i).transpose() / std::max(1.0, points.row(i).norm());
      const double nearest = (survey.points().rowwise() - x.transpose()).rowwise().norm().minCoeff();
      CHECK(nearest < std::array{0.01, 0.05, 0.12}[static_cast<std::size_t>(d - 1)]);
    }
  }
}

TEST_CASE("summits of the lattice are its local maxima, highest first", "[uniform]") {
  const BallSurvey survey = BallSurvey::lattice(2);
  const Vector low{{-0.5, 0.25}};
  const Vector high{{0.6, -0.1}};
  Vector heights(survey.points().rows());
  for (Index i = 0; i < heights.size(); ++i) {
    const Vector x = survey.points().row(i).transpose();
    heights[i] = std::exp(-20 * (x - low).squaredNorm()) + 2 * std::exp(-20 * (x - high).squaredNorm());
  }
  const std::vector<Index> summits = survey.summits(heights, 10);
  REQUIRE(summits.size() == 2);
  CHECK((survey.points().row(summits[0]).transpose() - high).norm() < 0.06);
  CHECK((survey.points().row(summits[1]).transpose() - low).norm() < 0.06);
  CHECK(survey.summits(heights, 1) == std::vector{summits[0]});
}

TEST_CASE("directions: the widest, its negative, then points of the sphere that the stream decides",
          "[uniform]") {
  const Vector widest = Vector{{2, 1, 0, 2}} / 3;
  const auto points_of = [&](std::uint32_t replicate) {
    return BallSurvey::directions(widest, 500, Stream::of(3, StreamPurpose::starts, replicate)).points();
  };
  const Rows<double> points = points_of(0);
  CHECK((points.row(0).transpose() - widest).norm() < 1e-15);
  CHECK(points.row(1) == -points.row(0));
  CHECK((points.rowwise().norm().array() - 1).abs().maxCoeff() < 1e-15);
  CHECK(points == points_of(0));
  CHECK(points.bottomRows(498) != points_of(1).bottomRows(498));
  // Uniform: mean 0 and covariance 1/4; four standard errors of 498 points.
  CHECK(points.bottomRows(498).colwise().mean().cwiseAbs().maxCoeff() < 4 * std::sqrt(0.25 / 498));
}

TEST_CASE("a climber's gradient is the derivative of its height", "[uniform]") {
  const Index d = 3;
  const std::array<GaussianComponent, 2> components = {
      GaussianComponent{.weight = 1, .mean = arbitrary(d, 1, 1), .covariance = arbitrary_covariance(d, 2)},
      GaussianComponent{.weight = 2, .mean = -arbitrary(d, 1, 3), .covariance = arbitrary_covariance(d, 4)}};
  const LawPointer law = gaussian_mixture(components);
  const AttentionForm form{.A = 2 * arbitrary(d, d, 5), .V = arbitrary(2, d, 6)};
  Rows<float> sampled(60, d);
  law->sample(Stream{.seed = 1, .id = 2}, 0, sampled);
  const Rows<double> tokens = sampled.cast<double>();
  const auto error = [&](const Vector& t) { return Vector(tilted(tokens, t).mean - law->tilted_mean(t)); };

  const Vector x = arbitrary(d, 1, 7);
  BallClimber climber({.form = &form, .radius = 2}, 1e-4, x, error(form.A * x));
  REQUIRE(climber.wanted() == 2);
  Rows<double> tilts(3, d);
  climber.ask(tilts, 1);
  Rows<double> errors(3, d);
  for (const Index row : {1, 2}) {
    errors.row(row) = error(tilts.row(row).transpose()).transpose();
  }
  climber.hear(errors, 1);
  for (Index k = 0; k < d; ++k) {
    const double h = 1e-5;
    const Vector step = h * Vector::Unit(d, k);
    const double after = height(tokens, *law, form, x + step);
    const double before = height(tokens, *law, form, x - step);
    CHECK(climber.gradient()[k] ==
          Catch::Approx((after * after - before * before) / (4 * h)).epsilon(1e-6).margin(1e-8));
  }
}

TEST_CASE("in one and two dimensions the supremum is that of a dense grid", "[uniform]") {
  for (const std::string& json : {line, plane}) {
    const auto job = job_of(json);
    const AttentionForm& form = job->spec().attention.heads.front().form;
    for (std::size_t i = 0; i < job->replicate_count(); ++i) {
      const Rows<double> tokens = by_definition::tokens(job->spec(), job->replicate(i));
      const std::vector<double> values = execute(*job, i);
      REQUIRE(values.size() == 4);
      for (std::size_t curve = 0; curve < 2; ++curve) {
        const double radius = json == line ? line_radii[curve] : plane_radii[curve];
        const double grid = grid_supremum(tokens, *job->spec().law, form, radius);
        CHECK(supremum(values, curve) > grid * (1 - 1e-6));
        CHECK(supremum(values, curve) < grid * (1 + 2e-4));
        CHECK(agreement(values, curve) > 0);
        CHECK(agreement(values, curve) <= 1);
      }
    }
  }
}

TEST_CASE("in five dimensions the supremum is that of ascents from very many starts", "[uniform]") {
  const auto job = job_of(five);
  const Rows<double> tokens = by_definition::tokens(job->spec(), job->replicate(0));
  const std::vector<double> values = execute(*job, 0);
  const Rows<double> starts =
      BallSurvey::directions(Vector::Unit(5, 0), 300, Stream{.seed = 77, .id = 1}).points();
  for (std::size_t curve = 0; curve < 4; ++curve) {
    const AttentionForm& form = job->spec().attention.heads[curve / 2].form;
    const double radius = five_radii[curve % 2];
    double largest = 0;
    for (Index i = 0; i < starts.rows(); ++i) {
      const double length = radius * static_cast<double>(i % 3 + 1) / 3;
      largest = std::max(
          largest, climb(tokens, *job->spec().law, form, radius, Vector(length * starts.row(i).transpose())));
    }
    CHECK(supremum(values, curve) == Catch::Approx(largest).epsilon(1e-5));
  }
}

TEST_CASE("a larger ball has a larger supremum, and the same tokens the same", "[uniform]") {
  for (const std::string& json : {line, plane, five}) {
    const auto job = job_of(json);
    const std::vector<double> values = execute(*job, 0);
    for (std::size_t curve = 0; curve + 1 < values.size() / 2; curve += 2) {
      CHECK(supremum(values, curve) <= supremum(values, curve + 1));
    }
  }
  // A nested point is what the first n tokens give, whatever comes after them.
  const auto whole = job_of(with_setting(plane, "tokens", nested));
  const std::vector<double> values = execute(*whole, 0);
  REQUIRE(values.size() == 12);
  const auto first = job_of(with_setting(plane, "tokens", R"({"list": [100], "nested": true})"));
  CHECK(execute(*first, 0) == std::vector(values.begin(), values.begin() + 4));
  const auto two = job_of(with_setting(plane, "tokens", R"({"list": [100, 1030], "nested": true})"));
  CHECK(execute(*two, 0) == std::vector(values.begin(), values.begin() + 8));
}

TEST_CASE("how a search is sliced does not move a bit", "[uniform]") {
  for (const std::string& json : {line, plane, five, with_setting(plane, "tokens", nested)}) {
    const auto job = job_of(json);
    const std::vector<double> whole = execute(*job, 0);
    for (const double slice : {1.0, 3e5}) {
      const auto sliced = start(*job, 0);
      double before = 0;
      while (!sliced->advance(slice)) {
        CHECK(sliced->fraction_done() >= before);
        CHECK(sliced->fraction_done() < 1);
        before = sliced->fraction_done();
      }
      CHECK(sliced->fraction_done() == 1);
      CHECK(sliced->values() == whole);
    }
  }
}

TEST_CASE("a search without fused operations is the same on every target", "[uniform]") {
  for (const std::string& json : {line, plane, five}) {
    const auto job = job_of(with_setting(json, "deterministic", "true"));
    const std::vector<double> first = execute(*job, 0);
    for (const SimdTarget target : available_simd_targets()) {
      CHECK(execute(*job, 0, {.target = target}) == first);
    }
  }
}

TEST_CASE("a ball of radius 0 holds the error at the origin, and huge logits are ordinary", "[uniform]") {
  const auto job = job_of(with_setting(plane, "ball.radii", "[0, 1e6]"));
  const std::vector<double> values = execute(*job, 0);
  const AttentionForm& form = job->spec().attention.heads.front().form;
  const Rows<double> tokens = by_definition::tokens(job->spec(), job->replicate(0));
  CHECK(supremum(values, 0) ==
        Catch::Approx(height(tokens, *job->spec().law, form, Vector::Zero(2))).epsilon(1e-12));
  CHECK(agreement(values, 0) == 1);
  // So far out Gamma_n is a token and Gamma(x) = V (m + Sigma A x) leaves it behind.
  const double reach = 1e6 * (form.V * job->spec().law->covariance() * form.A).operatorNorm();
  CHECK(supremum(values, 1) == Catch::Approx(reach).epsilon(1e-3));
}

TEST_CASE("on the line the constant is that of the limit process", "[uniform][statistics]") {
  // sqrt(n) (Gamma_n(x) - x) tends to Z(x) = sum_k xi_k sqrt((k+1)/k!) x^k, xi_k independent N(0,1): the Hermite expansion of
  // the influence e^{xy - x^2/2} (y - x). Its supremum is simulated here from it.
  constexpr double radius = 1;
  constexpr int terms = 25;
  std::array<double, terms> coefficients{};
  double factorial = 1;
  double bound = 0;
  for (int k = 0; k < terms; ++k) {
    factorial *= std::max(k, 1);
    coefficients[static_cast<std::size_t>(k)] = std::sqrt((k + 1) / factorial);
    bound +=
        coefficients[static_cast<std::size_t>(k)] * std::pow(radius, k) * std::sqrt(2 / std::numbers::pi);
  }
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal;
  constexpr int samples = 20000;
  double sum = 0;
  double squares = 0;
  for (int s = 0; s < samples; ++s) {
    std::array<double, terms> xi{};
    std::ranges::generate(xi, [&] { return normal(generator); });
    double largest = 0;
    for (int i = -40; i <= 40; ++i) {
      double z = 0;
      for (std::size_t k = terms; k-- > 0;) {
        z = z * (radius * i / 40) + xi[k] * coefficients[k];
      }
      largest = std::max(largest, std::abs(z));
    }
    sum += largest;
    squares += largest * largest;
  }
  const double limit = sum / samples;
  const double limit_error = std::sqrt((squares / samples - limit * limit) / samples);

  const Result result =
      run(R"({"experiment": "uniform", "seed": 2, "law": {"type": "gaussian", "dimension": 1},
    "attention": {"matrix": 1}, "ball": {"radii": 1, "starts": 4}, "tokens": [20000], "replicates": 200})");
  const Estimate constant = constant_of(result.curves[0]);
  // Four standard errors of 200 replicates and of the simulation.
  CHECK(std::abs(constant.mean - limit) < 4 * std::hypot(constant.standard_error(), limit_error));
  const double pointwise = predicted(result.curves[0], "pointwise_constant");
  CHECK(pointwise == Catch::Approx(std::sqrt(2 / std::numbers::pi * 2 * std::numbers::e)));
  CHECK(constant.mean > pointwise + 4 * constant.standard_error());
  // The triangle inequality: E sup |Z| <= sum_k E|xi_k| sqrt((k+1)/k!) R^k.
  CHECK(constant.mean < bound - 4 * constant.standard_error());
}

TEST_CASE("constants grow exponentially for Gaussian tokens, polynomially on the sphere",
          "[uniform][statistics]") {
  const Result gaussian = run(R"({"experiment": "uniform", "law": {"type": "gaussian", "dimension": 2},
    "attention": {"matrix": 1.5}, "ball": {"radii": [0.2, 0.6, 1, 1.4], "starts": 4},
    "tokens": [8000], "replicates": 12})");
  for (const Curve& curve : gaussian.curves) {
    // e^{a^2 R^2 / 2} but for a factor between that of one query and twice that of the root mean square.
    const double exponential = predicted(curve, "gaussian_constant");
    const Estimate constant = constant_of(curve);
    CHECK(constant.mean > 0.9 * predicted(curve, "pointwise_constant"));
    CHECK(constant.mean < 2 * exponential);
  }
  const auto slope = [](const Result& result, const auto& abscissa) {
    const Curve& first = result.curves.front();
    const Curve& last = result.curves.back();
    return std::log(constant_of(last).mean / constant_of(first).mean) /
           (abscissa(number(result, last, "radius")) - abscissa(number(result, first, "radius")));
  };
  // d log C / d R^2 = a^2/2 + (d/2 log(2 + a^2 R^2)) / d R^2, a = 1.5.
  const auto square = [](double r) { return r * r; };
  const double root =
      std::log((2 + square(1.5 * 1.4)) / (2 + square(1.5 * 0.2))) / 2 / (square(1.4) - square(0.2));
  CHECK(slope(gaussian, square) == Catch::Approx(square(1.5) / 2 + root).epsilon(0.15));

  const Result sphere =
      run(R"({"experiment": "uniform", "law": {"type": "sphere", "dimension": 5, "radius": 1},
    "attention": {"matrix": 1}, "ball": {"radii": [8, 16, 32], "starts": 8},
    "tokens": [8000], "replicates": 12})");
  // rho ~ r^{(d-1)/2} and tr(C(2t) + D D') ~ 1/r: C ~ r^{(d-3)/4}, here the square root.
  CHECK(slope(sphere, [](double r) { return std::log(r); }) == Catch::Approx(0.5).margin(0.2));
}

TEST_CASE("the Gaussian constant in closed form", "[uniform]") {
  // Isotropic: e^{rho a^2 R^2} (rho d + rho^2 a^2 R^2) under the root.
  const AttentionForm isotropic{.A = 1.5 * Matrix::Identity(4, 4), .V = Matrix::Identity(4, 4)};
  const Matrix half = 0.5 * Matrix::Identity(4, 4);
  const double exponent = 0.5 * 1.5 * 1.5 * 0.7 * 0.7;
  CHECK(gaussian_uniform_constant(half, isotropic, 0.7) ==
        Catch::Approx(std::sqrt(std::exp(exponent) * (2 + 0.5 * exponent))).epsilon(1e-14));
  // Otherwise an upper bound of sqrt(tr S) everywhere in the ball, and not far from it.
  const Matrix covariance = arbitrary_covariance(3, 1);
  const AttentionForm form{.A = 3 * arbitrary(3, 3, 2), .V = arbitrary(2, 3, 3)};
  const LawPointer law = gaussian(Vector::Zero(3), covariance);
  const double bound = gaussian_uniform_constant(covariance, form, 1.2);
  double largest = 0;
  const Rows<double> directions =
      BallSurvey::directions(Vector::Unit(3, 0), 4000, {.seed = 1, .id = 1}).points();
  for (Index i = 0; i < directions.rows(); ++i) {
    const Vector x = 1.2 * directions.row(i).transpose();
    largest = std::max(largest, std::sqrt(map_limit(*law, form, x).asymptotic_covariance.trace()));
  }
  CHECK(largest <= bound);
  CHECK(largest > 0.5 * bound);
  CHECK(gaussian_uniform_constant(half, isotropic, 1e6) == std::numeric_limits<double>::infinity());
  CHECK(sentence([&] { gaussian_uniform_constant(half, isotropic, -1); }) ==
        "radius is -1; expected a finite number of at least 0");
  CHECK(sentence([&] { gaussian_uniform_constant(covariance, isotropic, 1); }).find("attention.matrix") == 0);
}

TEST_CASE("a spec of uniform names what does not fit", "[uniform]") {
  const auto refused = [](std::string_view path, std::string_view value) {
    return sentence([&] { parse_spec(with_setting(plane, path, value)); });
  };
  CHECK(parse_spec(plane).json == parse_spec(with_setting(plane, "ball.starts", "32")).json);
  CHECK(
      refused("ball.radii", "[1, 0.5]") ==
      R"(ball.radii is 0.5; expected {"from", "to", "count"}, an ascending list, or a number from 0.0 to 1000000.0)");
  CHECK(refused("ball.starts", "0") == "ball.starts is 0; expected an integer from 1 to 10000");
  CHECK(refused("ball.start", "3") == "ball.start is 3; expected no such field here, only radii, starts");
  CHECK(refused("ball", "{}").find("ball.radii is missing") == 0);
}
