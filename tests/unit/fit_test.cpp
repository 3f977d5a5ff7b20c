#include "asymptoken/fit.hpp"
#include "asymptoken/grid.hpp"

#include <Eigen/LU>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "asymptoken/error.hpp"
#include "asymptoken/matrix.hpp"
#include "asymptoken/random.hpp"

using namespace asymptoken;

namespace {

std::string sentence(auto make) {
  try {
    make();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

std::vector<FitPoint> power_law(double constant, double slope) {
  std::vector<FitPoint> points;
  for (const double n : {100.0, 300.0, 1000.0, 3000.0, 10000.0}) {
    const double mean = constant * std::pow(n, slope);
    points.push_back({.n = n, .mean = mean, .standard_deviation = 0.1 * mean, .count = 20});
  }
  return points;
}

using Errors = std::vector<std::vector<double>>;

/// Points at n = 1, e, e^2, ... with the mean and the spread of their errors[i][replicate].
std::vector<FitPoint> points_of(const Errors& errors) {
  std::vector<FitPoint> points;
  for (const std::vector<double>& samples : errors) {
    const auto count = static_cast<double>(samples.size());
    const double mean = std::accumulate(samples.begin(), samples.end(), 0.0) / count;
    double squares = 0;
    for (const double sample : samples) {
      squares += (sample - mean) * (sample - mean);
    }
    points.push_back({.n = std::exp(static_cast<double>(points.size())),
                      .mean = mean,
                      .standard_deviation = std::sqrt(squares / (count - 1)),
                      .count = std::ssize(samples)});
  }
  return points;
}

}  // namespace

TEST_CASE("an exact power law is found exactly", "[fit]") {
  for (const double size : {1e-250, 1.0, 1e250}) {
    const auto fit = fit_power_law(power_law(3.0 * size, -0.4));
    REQUIRE(fit);
    CHECK(std::abs(fit->slope + 0.4) < 1e-13);
    CHECK(std::abs(fit->intercept - std::log(3.0 * size)) < 1e-12);
    CHECK(fit->slope_standard_error < 1e-12);
    CHECK(fit->points == 5);
  }
}

TEST_CASE("points weigh by their relative precision", "[fit]") {
  // Log-errors 0, 1, 5 at log n = 0, 1, 2 with relative standard errors 1, 1, 1/2: weights 1, 1, 4. By hand:
  // x mean 9/6, y mean 21/6, sum w dx^2 = 3.5, sum w dx dy = 9.5.
  const double e = std::exp(1.0);
  const std::vector<FitPoint> points = {
      {.n = 1.0, .mean = 1.0, .standard_deviation = 3.0, .count = 9},
      {.n = e, .mean = e, .standard_deviation = 2.0 * e, .count = 4},
      {.n = e * e, .mean = std::exp(5.0), .standard_deviation = std::exp(5.0), .count = 4}};
  const auto fit = fit_power_law(points);
  REQUIRE(fit);
  const double slope = 9.5 / 3.5;
  CHECK(std::abs(fit->slope - slope) < 1e-14);
  CHECK(std::abs(fit->intercept - (3.5 - 1.5 * slope)) < 1e-14);
  // residual sum of squares: sum w dy^2 - slope sum w dx dy, one degree of freedom
  const double variance = (12.25 + 6.25 + 4.0 * 2.25) - slope * 9.5;
  CHECK(std::abs(fit->slope_standard_error - std::sqrt(variance / 3.5)) < 1e-13);
  CHECK(std::abs(fit->intercept_standard_error - std::sqrt(variance * (1.0 / 6.0 + 2.25 / 3.5))) < 1e-13);
}

TEST_CASE("points without a usable weight are left out", "[fit]") {
  std::vector<FitPoint> points = power_law(1.0, -0.5);
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const FitPoint& useless :
       {FitPoint{.n = 50.0, .mean = 0.0, .standard_deviation = 1.0, .count = 5},
        FitPoint{.n = 50.0, .mean = -1.0, .standard_deviation = 1.0, .count = 5},
        FitPoint{.n = 50.0, .mean = 1.0, .standard_deviation = 0.0, .count = 5},
        FitPoint{.n = 50.0, .mean = 1.0, .standard_deviation = 1.0, .count = 0},
        FitPoint{.n = 50.0, .mean = nan, .standard_deviation = 1.0, .count = 5},
        FitPoint{.n = 50.0, .mean = 1.0, .standard_deviation = nan, .count = 5},
        FitPoint{.n = 50.0, .mean = infinity, .standard_deviation = 1.0, .count = 5},
        FitPoint{.n = 0.0, .mean = 1.0, .standard_deviation = 1.0, .count = 5}}) {
    points.push_back(useless);
  }
  const auto fit = fit_power_law(points);
  REQUIRE(fit);
  CHECK(fit->points == 5);
  CHECK(std::abs(fit->slope + 0.5) < 1e-13);
}

TEST_CASE("fewer than three points make no fit", "[fit]") {
  std::vector<FitPoint> points = power_law(1.0, -0.5);
  points.resize(3);
  CHECK(fit_power_law(points).has_value());
  points.resize(2);
  CHECK(!fit_power_law(points).has_value());
  CHECK(!fit_power_law({}).has_value());
  const FitPoint same{.n = 10.0, .mean = 1.0, .standard_deviation = 1.0, .count = 5};
  CHECK(!fit_power_law(std::vector<FitPoint>(4, same)).has_value());
}

TEST_CASE("points that share tokens: the slope's error is that of the difference of its ends", "[fit]") {
  // Three points of equal weight: slope = (log mean_3 - log mean_1) / 2. Means are 1, variances of the means d^2 / 3.
  const double d = 0.01;
  const std::vector<double> first = {1 + d, 1 - d, 1 + d, 1 - d};
  const std::vector<double> middle = {1 + d, 1 - d, 1 - d, 1 + d};
  const std::vector<double> unrelated = {1 + d, 1 + d, 1 - d, 1 - d};
  const std::vector<double> opposite = {1 - d, 1 + d, 1 - d, 1 + d};
  const auto slope_standard_error = [&](const std::vector<double>& last) {
    const Errors errors = {first, middle, last};
    return fit_power_law(points_of(errors), errors).value().slope_standard_error;
  };
  CHECK(slope_standard_error(first) < 1e-15);
  CHECK(std::abs(slope_standard_error(unrelated) - d / std::sqrt(6.0)) < 1e-15);
  CHECK(std::abs(slope_standard_error(opposite) - d / std::sqrt(3.0)) < 1e-15);
}

TEST_CASE("points that share tokens: standard errors follow the covariance of the points", "[fit]") {
  constexpr std::size_t replicates = 7;
  std::vector<float> normals(5 * replicates);
  normal_variates({.seed = 3}, 0, normals);
  Errors errors(5, std::vector<double>(replicates));
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t r = 0; r < replicates; ++r) {
      const double shared = i > 0 ? errors[i - 1][r] : 1.0;
      errors[i][r] = 0.7 * shared + 0.1 + 0.05 * static_cast<double>(i + 1) * normals[i * replicates + r];
    }
  }
  errors[2].assign(replicates, 0.5);  // no spread: left out
  const std::vector<FitPoint> points = points_of(errors);
  const auto fit = fit_power_law(points, errors);
  REQUIRE(fit);
  // The same line as for independent points, and its standard errors by the textbook: L = (X'WX)^{-1} X'W, L C L'.
  const PowerLawFit line = fit_power_law(points).value();
  CHECK(fit->slope == line.slope);
  CHECK(fit->intercept == line.intercept);
  CHECK(fit->points == 4);
  const std::size_t used[] = {0, 1, 3, 4};
  Matrix X(4, 2);
  Matrix W = Matrix::Zero(4, 4);
  Matrix C(4, 4);
  for (Index i = 0; i < 4; ++i) {
    const FitPoint& a = points[used[i]];
    X.row(i) << 1.0, std::log(a.n);
    W(i, i) = std::pow(a.mean / a.standard_deviation, 2);
    for (Index j = 0; j < 4; ++j) {
      const FitPoint& b = points[used[j]];
      double products = 0;
      for (std::size_t r = 0; r < replicates; ++r) {
        products += (errors[used[i]][r] - a.mean) * (errors[used[j]][r] - b.mean);
      }
      C(i, j) = products / (replicates - 1) / replicates / (a.mean * b.mean);
    }
  }
  const Matrix L = (X.transpose() * W * X).inverse() * X.transpose() * W;
  const Matrix covariance = L * C * L.transpose();
  CHECK(fit->slope_standard_error == Catch::Approx(std::sqrt(covariance(1, 1))).epsilon(1e-12));
  CHECK(fit->intercept_standard_error == Catch::Approx(std::sqrt(covariance(0, 0))).epsilon(1e-12));
}

TEST_CASE("points that share tokens: two standard errors hold the true slope as often as they should",
          "[fit][statistics]") {
  // Errors n^{-1/2} (1 + 0.3 z), z normal with correlation 0.8 between neighbours, as of an autoregression.
  constexpr std::size_t experiments = 2000;
  constexpr std::size_t replicates = 200;
  constexpr std::size_t count = 8;
  constexpr double correlation = 0.8;
  const double t_quantile = 1.972;  // two-sided 95 %, 199 degrees of freedom
  std::size_t held = 0;
  std::size_t held_by_scatter = 0;
  double variance = 0;
  for (std::size_t e = 0; e < experiments; ++e) {
    std::vector<float> normals(count * replicates);
    normal_variates({.seed = 5, .id = e}, 0, normals);
    Errors errors(count, std::vector<double>(replicates));
    for (std::size_t r = 0; r < replicates; ++r) {
      double z = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const double fresh = normals[r * count + i];
        z = i == 0 ? fresh : correlation * z + std::sqrt(1 - correlation * correlation) * fresh;
        errors[i][r] = std::exp(-0.5 * static_cast<double>(i)) * (1 + 0.3 * z);
      }
    }
    const std::vector<FitPoint> points = points_of(errors);
    const PowerLawFit fit = fit_power_law(points, errors).value();
    const PowerLawFit scatter = fit_power_law(points).value();
    held += std::abs(fit.slope + 0.5) < t_quantile * fit.slope_standard_error ? 1 : 0;
    held_by_scatter +=
        std::abs(scatter.slope + 0.5) < 2.447 * scatter.slope_standard_error ? 1 : 0;  // 6 degrees
    variance += fit.slope_standard_error * fit.slope_standard_error / experiments;
  }
  // Four standard deviations of the binomial: a right program fails for one seed in sixteen thousand.
  const auto share = [](std::size_t of) { return static_cast<double>(of) / experiments; };
  CHECK(std::abs(share(held) - 0.95) < 4 * std::sqrt(0.95 * 0.05 / experiments));
  CHECK(share(held_by_scatter) < 0.9);  // the scatter of correlated points says too little
  // At equal weights slope = sum a_i log mean_i, a_i = (i - 3.5) / 42, exactly as in the closed form of Var(slope).
  double expected = 0;
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; ++j) {
      expected += (i - 3.5) * (j - 3.5) / (42.0 * 42.0) * std::pow(correlation, std::abs(i - j));
    }
  }
  expected *= 0.3 * 0.3 / replicates;
  CHECK(variance == Catch::Approx(expected).epsilon(0.03));
}

TEST_CASE("points that share tokens have the same replicates", "[fit]") {
  const Errors errors = {{1.0, 1.1}, {0.5, 0.6}, {0.2, 0.3}};
  const std::vector<FitPoint> points = points_of(errors);
  CHECK(fit_power_law(points, errors).has_value());
  CHECK(sentence([&] { fit_power_law(points, Errors(2, {1.0, 1.1})); }) ==
        "number of points with errors is 2; expected 3");
  CHECK(sentence([&] { fit_power_law(points, Errors(3, {1.0})); }) ==
        "number of errors of point 0 is 1; expected its count, the same for every point");
}

TEST_CASE("geometric grids hit what is exact", "[fit]") {
  using Integers = std::vector<std::int64_t>;
  CHECK(geometric_integers(1, 1000000, 7) == Integers{1, 10, 100, 1000, 10000, 100000, 1000000});
  CHECK(geometric_integers(3, 3 * 1024, 11) == Integers{3, 6, 12, 24, 48, 96, 192, 384, 768, 1536, 3072});
  CHECK(geometric_integers(1, 2, 4) == Integers{1, 1, 1, 2});
  CHECK(geometric_integers(64, 384, 10) == Integers{64, 78, 95, 116, 141, 173, 211, 257, 314, 384});
  CHECK(geometric_integers(7, 7, 1) == Integers{7});
  CHECK(geometric_integers(7, 7, 3) == Integers{7, 7, 7});
  CHECK(geometric_integers(5, 9, 2) == Integers{5, 9});
  const std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  CHECK(geometric_integers(largest, largest, 3) == Integers{largest, largest, largest});
  CHECK(geometric_integers(1, largest, 64).at(63) == largest);
}

TEST_CASE("geometric grids of real numbers keep their ends", "[fit]") {
  const std::vector<double> grid = geometric_values(0.05, 50.0, 13);
  CHECK(grid.front() == 0.05);
  CHECK(grid.back() == 50.0);
  CHECK(std::abs(grid[4] - 0.5) < 1e-15);
  CHECK(geometric_values(2.0, 2.0, 1) == std::vector<double>{2.0});
  const std::vector<double> wide = geometric_values(1e-300, 1e300, 3);
  CHECK(std::abs(wide[1] - 1.0) < 1e-12);
}

TEST_CASE("grids that are none are refused", "[fit]") {
  CHECK(sentence([] { geometric_integers(0, 5, 2); }) == "from is 0; expected an integer from 1 on");
  CHECK(sentence([] { geometric_integers(5, 4, 2); }) == "to is 4; expected an integer from 5 (`from`) on");
  CHECK(sentence([] { geometric_integers(1, 5, 0); }) == "count is 0; expected an integer from 1 on");
  CHECK(sentence([] { geometric_integers(1, 5, 1); }) ==
        "count is 1; expected at least 2, as `from` and `to` differ");
  CHECK(sentence([] { geometric_values(-0.5, 5, 2); }) ==
        "from is -0.5; expected a number from 2.3e-308 to 1.7e308");
  CHECK(sentence([] { geometric_values(1.0, INFINITY, 2); }) ==
        "to is inf; expected a finite number from 1 (`from`) on");
  CHECK(sentence([] { geometric_values(1.0, std::nan(""), 2); }) ==
        "to is nan; expected a finite number from 1 (`from`) on");
  CHECK(sentence([] { geometric_values(std::nan(""), 1.0, 2); }) ==
        "from is nan; expected a number from 2.3e-308 to 1.7e308");
}
