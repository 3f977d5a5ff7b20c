#include "asymptoken/simd.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "asymptoken/error.hpp"
#include "special/log.hpp"

using namespace asymptoken;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// Every step-th float from -infinity to infinity, and both infinities.
std::vector<float> floats(std::uint32_t step) {
  std::vector<float> values = {infinity, -infinity, 0.0F, -0.0F};
  for (std::uint64_t bits = 0; bits < 0x7f800000; bits += step) {
    for (const std::uint64_t sign : {0U, 0x80000000U}) {
      const auto word = static_cast<std::uint32_t>(bits | sign);
      float value = 0;
      std::memcpy(&value, &word, sizeof value);
      values.push_back(value);
    }
  }
  return values;
}

/// The distance to the next float of the magnitude of `value`.
double ulp(double value) {
  const double magnitude = std::max(std::abs(value), 0x1p-126);
  return std::ldexp(1.0, static_cast<int>(std::floor(std::log2(magnitude))) - 23);
}

std::vector<Compute> all_computes() {
  std::vector<Compute> computes;
  for (const SimdTarget target : available_simd_targets()) {
    computes.push_back({.target = target, .deterministic = false});
    computes.push_back({.target = target, .deterministic = true});
  }
  return computes;
}

template <class Function>
double worst_ulp(const std::vector<float>& x, const std::vector<float>& y, Function exact) {
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = exact(static_cast<double>(x[i]));
    if (std::isnan(expected)) {
      REQUIRE(std::isnan(y[i]));
    } else if (std::isinf(static_cast<float>(expected))) {
      // The largest finite number is within one unit of the overflow threshold.
      if (y[i] != static_cast<float>(expected)) {
        worst = std::max(worst, std::abs(expected - static_cast<double>(y[i])) / ulp(0x1p127));
      }
    } else {
      worst = std::max(worst, std::abs(static_cast<double>(y[i]) - expected) / ulp(expected));
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("exp in float32 is within 1 ulp, denormal results and overflow included", "[simd]") {
  const std::vector<float> x = floats(997);
  std::vector<float> y(x.size());
  for (const Compute compute : all_computes()) {
    exp(std::span<const float>(x), y, compute);
    INFO(name_of(compute.target) << (compute.deterministic ? " deterministic" : ""));
    CHECK(worst_ulp(x, y, [](double v) { return std::exp(v); }) <= 1);
  }
}

TEST_CASE("log in float32 is within 1 ulp, denormal arguments included", "[simd]") {
  const std::vector<float> x = floats(997);
  std::vector<float> y(x.size());
  for (const Compute compute : all_computes()) {
    log(x, y, compute);
    INFO(name_of(compute.target) << (compute.deterministic ? " deterministic" : ""));
    CHECK(worst_ulp(x, y, [](double v) { return std::log(v); }) <= 1);
  }
}

TEST_CASE("exp and log pass NaN on", "[simd]") {
  const std::vector<float> x = {std::numeric_limits<float>::quiet_NaN(), 1.0F};
  std::vector<float> y(x.size());
  for (const Compute compute : all_computes()) {
    exp(std::span<const float>(x), y, compute);
    CHECK(std::isnan(y[0]));
    CHECK_FALSE(std::isnan(y[1]));
    log(x, y, compute);
    CHECK(std::isnan(y[0]));
  }
}

TEST_CASE("exp in float64 is within 2 ulp", "[simd]") {
  std::vector<double> x;
  for (double v = -745; v < 709.7; v += 0.00731) {
    x.push_back(v);
  }
  std::vector<double> y(x.size());
  for (const Compute compute : all_computes()) {
    exp(std::span<const double>(x), y, compute);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double expected = std::exp(static_cast<long double>(x[i]));
      const long double unit =
          std::max(std::ldexp(1.0L, static_cast<int>(std::floor(std::log2(expected))) - 52), 0x1p-1074L);
      worst =
          std::max(worst, static_cast<double>(std::abs(static_cast<long double>(y[i]) - expected) / unit));
    }
    INFO(name_of(compute.target));
    CHECK(worst <= 2);
  }
}

TEST_CASE("the portable logarithm is within 1 ulp of the exact one", "[special]") {
  double worst = 0;
  for (double x = 1e-300; x < 1e300; x *= 1.0317) {
    for (const double shift : {1.0, 1.0 + 0x1p-40, 0.75}) {
      const long double expected = std::log(static_cast<long double>(x * shift));
      const long double unit =
          std::ldexp(1.0L, static_cast<int>(std::floor(std::log2(std::abs(expected)))) - 52);
      worst = std::max(
          worst,
          static_cast<double>(std::abs(static_cast<long double>(portable_log(x * shift)) - expected) / unit));
    }
  }
  CHECK(worst <= 1);
  CHECK(portable_log(1.0) == 0.0);
}

TEST_CASE("results without fused operations are the same bits on every target", "[simd]") {
  const std::vector<float> x = floats(4999);
  std::vector<float> first(x.size());
  exp(std::span<const float>(x), first, {.target = available_simd_targets().front(), .deterministic = true});
  for (const SimdTarget target : available_simd_targets()) {
    std::vector<float> y(x.size());
    exp(std::span<const float>(x), y, {.target = target, .deterministic = true});
    CHECK(std::memcmp(y.data(), first.data(), y.size() * sizeof(float)) == 0);
  }
}

TEST_CASE("targets have names, and unknown ones are refused", "[simd]") {
  REQUIRE_FALSE(available_simd_targets().empty());
  for (const SimdTarget target : available_simd_targets()) {
    CHECK(simd_target_named(name_of(target)) == target);
  }
  CHECK_THROWS_AS(simd_target_named("mmx"), Error);
}

TEST_CASE("arrays of different sizes are refused", "[simd]") {
  const std::vector<float> x(3);
  std::vector<float> y(2);
  CHECK_THROWS_AS(exp(std::span<const float>(x), y), Error);
}
