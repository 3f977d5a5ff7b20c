#include "asymptoken/simd.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <vector>

#include "asymptoken/error.hpp"
#include "special/log.hpp"

using namespace asymptoken;

namespace {

std::vector<Compute> all_computes() {
  std::vector<Compute> computes;
  for (const SimdTarget target : available_simd_targets()) {
    computes.push_back({.target = target, .deterministic = false});
    computes.push_back({.target = target, .deterministic = true});
  }
  return computes;
}

}  // namespace

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

TEST_CASE("without fused operations exp in float64 has the same bits on every target, with them others",
          "[simd]") {
  std::vector<double> x;
  for (double v = -745; v < 709.7; v += 0.0731) {
    x.push_back(v);
  }
  std::vector<double> first(x.size());
  std::vector<double> y(x.size());
  exp(std::span<const double>(x), first, {.deterministic = true});
  for (const Compute compute : all_computes()) {
    INFO(name_of(compute.target));
    exp(std::span<const double>(x), y, compute);
    const bool has_no_fused =
        compute.target == SimdTarget::sse2 || compute.target == SimdTarget::wasm_simd128;
    if (compute.deterministic || has_no_fused) {
      CHECK(y == first);
    } else if (compute.target != SimdTarget::wasm_relaxed) {  // which fuses as the engine likes
      CHECK(y != first);
    }
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
