#include <catch_amalgamated.hpp>
#include <cmath>
#include <numbers>

#include "asymptoken/error.hpp"
#include "asymptoken/fit.hpp"

using namespace asymptoken;

namespace {

const std::vector<std::int64_t> tokens = {100, 200, 400, 800, 1600, 3200};

/// Errors n^-1/2 |1 + spread z|, z normal variates of one replicate for all points or of each its own.
std::vector<std::vector<double>> errors_of(std::uint64_t seed, std::size_t replicates, bool shared,
                                           double spread) {
  std::vector<std::vector<double>> errors;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::vector<float> normals(replicates);
    normal_variates({.seed = seed, .id = shared ? 0 : i}, 0, normals);
    std::vector<double>& at_point = errors.emplace_back();
    for (const float z : normals) {
      at_point.push_back(std::abs(1 + spread * static_cast<double>(z)) /
                         std::sqrt(static_cast<double>(tokens[i])));
    }
  }
  return errors;
}

SlopeInterval interval_of(const std::vector<std::vector<double>>& errors, bool shared,
                          std::uint64_t seed = 1) {
  return bootstrap_slope(tokens, errors, shared, FitWeights::inverse_variance, 1000, {.seed = seed}).value();
}

}  // namespace

TEST_CASE("the bootstrap's standard error is that of the slope", "[fit]") {
  // Six points a factor 2 apart, log errors with the standard error s / sqrt(r): the slope's is that over
  // sqrt(sum (x - mean x)^2) = ln 2 sqrt(17.5).
  constexpr double spread = 0.2;
  constexpr double replicates = 400;
  const double expected = spread / std::sqrt(replicates) / (std::numbers::ln2 * std::sqrt(17.5));
  const SlopeInterval interval = interval_of(errors_of(7, 400, false, spread), false);
  // 1000 resamples know it to 2.3 %, and the sample's own spreads to 1.5 %.
  CHECK(interval.standard_error == Catch::Approx(expected).epsilon(0.1));
  CHECK(interval.high - interval.low == Catch::Approx(2 * 1.96 * expected).epsilon(0.15));
}

TEST_CASE("19 of 20 bootstrap intervals hold the slope", "[fit][statistics]") {
  int held = 0;
  constexpr int sets = 400;
  for (int set = 0; set < sets; ++set) {
    const SlopeInterval interval =
        interval_of(errors_of(1000 + static_cast<std::uint64_t>(set), 50, false, 0.3), false);
    held += interval.low <= -0.5 && -0.5 <= interval.high ? 1 : 0;
  }
  // Of 400 at 95 % the standard deviation is 1.1 %.
  CHECK(held > 0.915 * sets);
  CHECK(held < 0.98 * sets);
}

TEST_CASE("intervals from few replicates are as wide as they have to be", "[fit][statistics]") {
  // Of 400 at 95 % the standard deviation is 1.1 %; at so few replicates they are a little wide.
  constexpr int sets = 400;
  for (const std::size_t replicates : {2U, 3U, 5U, 10U}) {
    for (const bool shared : {false, true}) {
      int held = 0;
      for (int set = 0; set < sets; ++set) {
        std::vector<std::vector<double>> errors =
            errors_of(5000 + static_cast<std::uint64_t>(set), replicates, false, 0.3);
        const auto interval = bootstrap_slope(tokens, errors, shared, FitWeights::equal, 300, {.seed = 1});
        REQUIRE(interval.has_value());
        CHECK(interval->resamples == 300);
        held += interval->low <= -0.5 && -0.5 <= interval->high ? 1 : 0;
      }
      INFO(replicates << (shared ? " shared" : " independent") << ": " << held);
      CHECK(held > 0.915 * sets);
    }
  }
}

TEST_CASE("points without spread count where weights are equal, and errors of 0 do not", "[fit]") {
  const std::vector<std::int64_t> three = {100, 200, 400};
  const auto of = [&](const std::vector<std::vector<double>>& errors) {
    return bootstrap_slope(three, errors, false, FitWeights::equal, 1000, {.seed = 1});
  };
  const SlopeInterval interval = of({{1, 1}, {0.5, 0.5}, {0.2, 0.3}}).value();
  CHECK(interval.resamples == 1000);
  CHECK(interval.low < -1);
  CHECK(interval.high > -1);
  // Half of the resamples draw the error of 0 alone, which has no logarithm.
  CHECK_FALSE(of({{1, 2}, {0.5, 0.6}, {0, 0.3}}).has_value());
}

TEST_CASE("points that share tokens share resamples", "[fit]") {
  // All points of a replicate move together, so the line moves and does not turn.
  const auto errors = errors_of(3, 60, true, 0.3);
  CHECK(interval_of(errors, true).standard_error < 1e-12);
  CHECK(interval_of(errors, false).standard_error > 0.005);
}

TEST_CASE("the bootstrap is its stream's, and says nothing of what cannot be fitted", "[fit]") {
  const auto errors = errors_of(3, 20, false, 0.3);
  CHECK(interval_of(errors, false, 5).low == interval_of(errors, false, 5).low);
  CHECK(interval_of(errors, false, 5).low != interval_of(errors, false, 6).low);
  const auto of = [&](const std::vector<std::vector<double>>& some, std::int64_t resamples,
                      bool shared = false) {
    return bootstrap_slope(tokens, some, shared, FitWeights::equal, resamples, {.seed = 1});
  };
  CHECK_FALSE(of(errors, 0).has_value());
  CHECK_FALSE(of(std::vector<std::vector<double>>(6, {1.0}), 100).has_value());
  CHECK_FALSE(of({{1, 2}, {1, 3}, {}, {}, {}, {}}, 100).has_value());
  CHECK_THROWS_AS(of({{1, 2}}, 100), Error);
  CHECK_THROWS_AS(of({{1, 2}, {1, 2, 3}, {1, 2}, {}, {}, {}}, 100, true), Error);
}

TEST_CASE("equal weights give the line of ordinary least squares", "[fit]") {
  // Through (0, 0), (1, 0), (2, 3): slope 3/2, whatever the spreads.
  const double e = std::numbers::e;
  const FitPoint points[] = {{1, 1, 0.1, 10}, {e, 1, 0.9, 10}, {e * e, e * e * e, 0.01, 10}};
  const PowerLawFit fit = fit_power_law(points, FitWeights::equal).value();
  CHECK(fit.slope == Catch::Approx(1.5));
  CHECK(fit.intercept == Catch::Approx(-0.5));
  CHECK(fit_power_law(points)->slope != Catch::Approx(1.5));
}
