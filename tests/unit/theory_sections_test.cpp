#include <catch_amalgamated.hpp>
#include <cmath>
#include <numbers>

#include "asymptoken/experiment.hpp"
#include "experiment/moments/moments.hpp"
#include "run_experiment.hpp"

using namespace asymptoken;

// Numbers that the theory gives, measured again with seeds of our own: one test for each section that has numbers and no
// test of its own elsewhere. Tolerances are standard errors, the simulations' and those stated beside the numbers.

namespace {

/// An average of squared errors over replicates, with its standard error as of normal errors in one dimension.
struct MeanSquare {
  double value;
  double standard_error;
};

MeanSquare mean_square(const Estimate& error) {
  const auto count = static_cast<double>(error.count);
  const double variance = error.standard_deviation * error.standard_deviation * (count - 1) / count;
  const double value = error.mean * error.mean + variance;
  return {.value = value, .standard_error = value * std::sqrt(2 / count)};
}

}  // namespace

TEST_CASE("theory section 3: a fixed query of Gaussian tokens", "[theory][statistics]") {
  // sigma^2 = x' A' Sigma A x = 0.49; S = e^{sigma^2} (1 + sigma^2) in one dimension.
  const Result result =
      run(R"({"experiment": "map", "seed": 3, "law": {"type": "gaussian", "dimension": 1, "mean": 5},
    "attention": {"matrix": 0.7}, "queries": {"points": [[1]]}, "tokens": [4000], "replicates": 4000})");
  const MeanSquare square = mean_square(result.curves[0].points[0].metrics[0].value());
  const double S = std::exp(0.49) * (1 + 0.49);
  // The next order, rho / n, is far below a standard error.
  CHECK(std::abs(4000 * square.value - S) < 3 * 4000 * square.standard_error);
  CHECK(result.curves[0].predictions[1].value == Catch::Approx(std::sqrt(2 * S / std::numbers::pi)));
}

TEST_CASE(
    "theory section 4: n Var of the mean is 2.32 to 2.38 at b = 1/2 from n = 1000 on, 2.35 in the limit",
    "[theory][statistics]") {
  CHECK(line_moment_limit(0.5).mean_variance == Catch::Approx(2.3516485962545));
  const Result result =
      run(R"({"experiment": "moments", "seed": 4, "law": {"type": "gaussian", "dimension": 1},
    "attention": {"matrix": 0.5}, "tokens": [1000, 4000], "replicates": 1500})");
  for (const Point& point : result.curves[0].points) {
    const MeanSquare square = mean_square(point.metrics[0].value());
    const auto n = static_cast<double>(point.n);
    CHECK(std::abs(n * square.value - 2.35) < 3 * n * square.standard_error);
  }
}

TEST_CASE("theory section 6: slopes in two and five dimensions, one sharp direction or all",
          "[theory][statistics]") {
  struct Row {
    const char* attention;
    int dimension;
    double mean_slope;
    double covariance_slope;
  };
  const Row rows[] = {
      {"[[1.5, 0], [0, 0]]", 2, -0.315, -0.307},
      {"1.5", 2, -0.25, -0.25},
      {"[[1.5, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]", 5, -0.36,
       -0.25},
      {"1.5", 5, -0.30, -0.18}};
  for (const Row& row : rows) {
    INFO(row.dimension << " dimensions, A = " << row.attention);
    const Result result =
        run(R"({"experiment": "moments", "seed": 6, "law": {"type": "gaussian", "dimension": )" +
            std::to_string(row.dimension) + R"(}, "attention": {"matrix": )" + row.attention +
            R"(}, "tokens": {"from": 1000, "to": 10000, "count": 4}, "replicates": 30})");
    const Curve& curve = result.curves[0];
    const double expected[] = {row.mean_slope, row.covariance_slope};
    for (std::size_t metric = 0; metric < 2; ++metric) {
      // The numbers' own error is .02 to .04.
      const double error = std::hypot(slope_standard_error(curve, metric), 0.03);
      INFO(result.metrics[metric].id << ": " << curve.fits[metric]->slope << " +- "
                                     << slope_standard_error(curve, metric));
      CHECK(std::abs(curve.fits[metric]->slope - expected[metric]) < 3 * error);
    }
  }
}

TEST_CASE("theory section 7: 200,000 Dirichlet draws know the sphere's covariance to 6e-3",
          "[theory][statistics]") {
  const Spec spec =
      parse_spec(R"({"experiment": "moments", "seed": 7, "law": {"type": "sphere", "dimension": 50},
    "attention": {"weights": "random", "scales": 5000}, "sampled_reference": {"draws": 200000}, "tokens": 10})");
  const AttentionForm& form = spec.attention.heads.front().form;
  const Matrix exact = transformed_moments(*spec.law, form).covariance;
  const double error = (sampled_sphere_covariance(spec, 200000, form) - exact).norm() / exact.norm();
  CHECK(error < 6e-3);
  CHECK(error > 6e-5);
}

TEST_CASE("theory section 9: the published sphere sweep is in the hardmax regime, slope about -.04",
          "[theory]") {
  const auto job = job_of(with_setting(builtin_spec("paper-sphere").json, "sampled_reference.draws", "100"));
  for (const Curve& curve : job->outline().curves) {
    bool is_predicted = false;
    for (const Prediction& prediction : curve.predictions) {
      if (prediction.id == "hardmax_slope" && prediction.metric == "covariance") {
        is_predicted = true;
        CHECK(prediction.value < -0.037);
        CHECK(prediction.value > -0.043);
      }
    }
    CHECK(is_predicted);
  }
  const auto mild = job_of(R"({"experiment": "moments", "law": {"type": "sphere", "dimension": 3},
    "attention": {"matrix": 1}, "tokens": [100, 1000, 10000]})");
  for (const Prediction& prediction : mild->outline().curves[0].predictions) {
    CHECK(prediction.id != "hardmax_slope");
  }
}
