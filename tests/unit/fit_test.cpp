#include "asymptoken/fit.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "asymptoken/error.hpp"

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

}  // namespace

TEST_CASE("an exact power law is found exactly", "[fit]") {
  for (const double size : {1e-250, 1.0, 1e250}) {
    const auto fit = fit_power_law(power_law(3.0 * size, -0.4));
    REQUIRE(fit);
    CHECK(std::abs(fit->slope + 0.4) < 1e-13);
    CHECK(std::abs(fit->intercept - std::log(3.0 * size)) < 1e-12);
    CHECK(fit->slope_se < 1e-12);
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
  CHECK(std::abs(fit->slope_se - std::sqrt(variance / 3.5)) < 1e-13);
  CHECK(std::abs(fit->intercept_se - std::sqrt(variance * (1.0 / 6.0 + 2.25 / 3.5))) < 1e-13);
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
