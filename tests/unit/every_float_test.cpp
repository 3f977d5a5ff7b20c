#include <bit>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstring>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "asymptoken/simd.hpp"
#include "simd/kernels.hpp"

// Elementary functions on each of the 2^32 inputs there are, on every target of this machine. Minutes, so a test of its
// own: the tag keeps it out of the others.

using namespace asymptoken;

namespace {

constexpr std::uint64_t all_words = std::uint64_t{1} << 32;
constexpr std::size_t block = 1 << 11;  // so that all arrays stay in the first-level cache

std::vector<Compute> all_computes() {
  std::vector<Compute> computes;
  for (const SimdTarget target : available_simd_targets()) {
    computes.push_back({.target = target, .deterministic = false});
    computes.push_back({.target = target, .deterministic = true});
  }
  return computes;
}

std::string text_of(Compute compute) {
  return std::string(name_of(compute.target)) + (compute.deterministic ? " deterministic" : "");
}

/// The distance between neighbours among the floats of the magnitude of `value`.
double ulp(double value) {
  const double power = std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) & 0x7ff0000000000000);
  return std::max(power, 0x1p-126) * 0x1p-23;
}

/// Beyond the largest number `exact` rounds to infinity, as y may. No branches: this is what the time goes to.
bool is_within_one_ulp(float y, double exact) {
  const bool is_close = std::abs(static_cast<double>(y) - exact) <= ulp(exact);
  const bool is_equal = y == static_cast<float>(exact);
  const bool are_nan = std::isnan(y) && std::isnan(exact);
  return is_close | is_equal | are_nan;
}

using Function = std::function<void(std::span<const float> x, std::span<float> y, Compute compute)>;

/// Compares f with the exact function on all floats from the word `first` to the word `last`.
template <class Exact, class IsRight>
void check_floats(std::uint64_t first, std::uint64_t last, const Function& f, Exact exact, IsRight is_right) {
  const std::vector<Compute> computes = all_computes();
  std::vector<float> x(block);
  std::vector<float> y(block);
  std::vector<float> same(block);
  std::vector<double> expected(block);
  for (std::uint64_t start = first; start <= last; start += block) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(block, last - start + 1));
    for (std::size_t i = 0; i < count; ++i) {
      x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(start + i));
      expected[i] = exact(static_cast<double>(x[i]));
    }
    const std::span<const float> in(x.data(), count);
    for (const Compute compute : computes) {
      f(in, {y.data(), count}, compute);
      std::size_t right = 0;
      for (std::size_t i = 0; i < count; ++i) {
        right += is_right(y[i], expected[i]) ? 1 : 0;
      }
      for (std::size_t i = 0; right < count && i < count; ++i) {
        INFO(text_of(compute) << " of " << x[i] << " is " << y[i] << " instead of " << expected[i]);
        REQUIRE(is_right(y[i], expected[i]));
      }
      if (!compute.deterministic) {
        continue;
      }
      if (compute.target == computes.front().target) {
        y.swap(same);
      } else if (std::memcmp(y.data(), same.data(), count * sizeof(float)) != 0) {
        FAIL(text_of(compute) << " differs from " << text_of(computes.front()) << " near " << x[0]);
      }
    }
  }
}

}  // namespace

TEST_CASE("exp of every float is within 1 ulp, denormal results, overflow and NaN included",
          "[.every_float]") {
  const Function f = [](auto x, auto y, Compute compute) { exp(x, y, compute); };
  check_floats(0, all_words - 1, f, [](double x) { return std::exp(x); }, is_within_one_ulp);
}

TEST_CASE("log of every float is within 1 ulp, denormal arguments and NaN included", "[.every_float]") {
  const Function f = [](auto x, auto y, Compute compute) { log(x, y, compute); };
  check_floats(0, all_words - 1, f, [](double x) { return std::log(x); }, is_within_one_ulp);
}

TEST_CASE("2 to the power of every float up to 127 is within its bound", "[.every_float]") {
  const Function f = [](auto x, auto y, Compute compute) {
    simd::kernels(compute).exp2_float(x.data(), y.data(), x.size());
  };
  const auto exact = [](double x) { return std::max(std::exp2(x), 0x1p-126); };
  const auto is_right = [](float y, double expected) {
    return std::abs(static_cast<double>(y) - expected) <= 2e-7 * expected;
  };
  check_floats(0, std::bit_cast<std::uint32_t>(127.0F), f, exact, is_right);
  constexpr std::uint32_t minus_zero = 0x80000000;
  constexpr std::uint32_t minus_infinity = 0xff800000;
  check_floats(minus_zero, minus_infinity, f, exact, is_right);
}

TEST_CASE("sine and cosine of every turn are within 1.25e-7, the same bits on every target",
          "[.every_float]") {
  const auto angle = [](std::uint64_t turn) {
    return 2 * std::numbers::pi * static_cast<double>(turn) / static_cast<double>(all_words);
  };
  // The angles of a block are those of the first one, turned.
  std::vector<double> sines(block);
  std::vector<double> cosines(block);
  for (std::size_t i = 0; i < block; ++i) {
    sines[i] = std::sin(angle(i));
    cosines[i] = std::cos(angle(i));
  }
  std::vector<std::uint32_t> turns(block);
  std::vector<float> sine(block);
  std::vector<float> cosine(block);
  std::vector<float> same_sine(block);
  std::vector<float> same_cosine(block);
  for (std::uint64_t start = 0; start < all_words; start += block) {
    for (std::size_t i = 0; i < block; ++i) {
      turns[i] = static_cast<std::uint32_t>(start + i);
    }
    const double s = std::sin(angle(start));
    const double c = std::cos(angle(start));
    for (const SimdTarget target : available_simd_targets()) {
      simd::random_kernels(target).sine_cosine(turns.data(), sine.data(), cosine.data(), block);
      std::size_t right = 0;
      if (target == available_simd_targets().front()) {
        for (std::size_t i = 0; i < block; ++i) {
          const double sine_error = static_cast<double>(sine[i]) - (s * cosines[i] + c * sines[i]);
          const double cosine_error = static_cast<double>(cosine[i]) - (c * cosines[i] - s * sines[i]);
          right += std::max(std::abs(sine_error), std::abs(cosine_error)) <= 1.25e-7 ? 1 : 0;
        }
        INFO("turns from " << start);
        REQUIRE(right == block);
        same_sine = sine;
        same_cosine = cosine;
      } else if (sine != same_sine || cosine != same_cosine) {
        FAIL(name_of(target) << " differs at turns from " << start);
      }
    }
  }
}

TEST_CASE("the radius of every normal variate is within its bound", "[.every_float]") {
  std::vector<float> u(block);
  std::vector<float> log_u(block);
  for (std::uint64_t start = 0; start < all_words / 2; start += block) {
    for (std::size_t i = 0; i < block; ++i) {
      u[i] = (static_cast<float>(static_cast<std::int32_t>(start + i)) + 0.5F) * 0x1p-31F;
    }
    log(u, log_u, {.deterministic = true});
    std::size_t right = 0;
    for (std::size_t i = 0; i < block; ++i) {
      const auto radius = static_cast<double>(std::sqrt(-2.0F * log_u[i]));
      const double square = -2 * std::log((static_cast<double>(start + i) + 0.5) * 0x1p-31);
      right += std::abs(radius * radius - square) <= 1.7e-7 * (1 + square) ? 1 : 0;
    }
    INFO("words from " << 2 * start);
    REQUIRE(right == block);
  }
}
