#include <algorithm>
#include <bit>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstring>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "asymptoken/simd.hpp"
#include "simd/kernels.hpp"

// Elementary functions on the 2^32 inputs there are, on every target of this machine. All of them take minutes, so they are a
// test of their own, which the tag keeps out of the others; those see some blocks of each exponent.

using namespace asymptoken;

namespace {

constexpr std::uint64_t all_words = std::uint64_t{1} << 32;
constexpr std::size_t block = 1 << 11;  // so that all arrays stay in the first-level cache

/// Every how many blocks one is looked at; divides the blocks of an exponent, so that the first of each is among them.
enum Step : std::uint64_t { all = 1, sample = 64 };

using Function = simd::ElementaryFunction<float>;

/// One of the kernels' functions, on every target, fused and not: one where a target cannot fuse.
std::vector<Compute> different_computes(Function simd::FloatFunctions::* function) {
  std::vector<Compute> computes;
  for (const SimdTarget target : available_simd_targets()) {
    const Compute fused{.target = target, .deterministic = false};
    const Compute deterministic{.target = target, .deterministic = true};
    if (simd::float_functions(fused).*function != simd::float_functions(deterministic).*function) {
      computes.push_back(fused);
    }
    computes.push_back(deterministic);
  }
  return computes;
}

std::string text_of(Compute compute) {
  return std::string(name_of(compute.target)) + (compute.deterministic ? " deterministic" : "");
}

/// exp or exp2 in float64. Floats of one exponent are equally far apart, so every block of them is the first one times a
/// constant: three roundings instead of a call.
class Exponential {
 public:
  explicit Exponential(double (*function)(double)) : function_(function) {}

  void operator()(std::span<const float> x, std::span<double> result) {
    const double start = x[0];
    if (!std::isfinite(start)) {
      std::ranges::transform(x, result.begin(), function_);
      return;
    }
    if (std::bit_cast<std::uint32_t>(x[0]) % floats_of_exponent == 0) {
      std::ranges::transform(x, factors_.begin(), [&](double v) { return function_(v - start); });
    }
    const double first = function_(start);
    for (std::size_t i = 0; i < x.size(); ++i) {
      result[i] = first * factors_[i];
    }
  }

 private:
  static constexpr std::uint32_t floats_of_exponent = 1 << 23;
  double (*function_)(double);
  std::vector<double> factors_ = std::vector<double>(block);
};

/// ln of ascending numbers, by the series of ln(1 + t) about the first one where they are close.
template <class T>
void logarithm(std::span<const T> x, std::span<double> result) {
  const double start = x[0];
  const double furthest = (static_cast<double>(x.back()) - start) / start;
  if (furthest >= 0 && furthest < 0x1p-11) {
    const double first = std::log(start);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double t = (static_cast<double>(x[i]) - start) * (1 / start);
      result[i] = first + t * (1 - t * (1.0 / 2 - t * (1.0 / 3 - t * (1.0 / 4 - t * (1.0 / 5)))));
    }
  } else {
    std::ranges::transform(x, result.begin(), [](double v) { return v < 0 ? std::nan("") : std::log(v); });
  }
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

/// Compares a function with `exact` on all floats from the word `first`, where a block begins, to the word `last`.
template <class Exact, class IsRight>
void check_floats(Step step, std::uint64_t first, std::uint64_t last,
                  Function simd::FloatFunctions::* function, Exact exact, IsRight is_right) {
  const std::vector<Compute> computes = different_computes(function);
  std::vector<float> x(block);
  std::vector<float> y(block);
  std::vector<float> same(block);
  std::vector<double> expected(block);
  for (std::uint64_t start = first; start <= last; start += step * block) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(block, last - start + 1));
    for (std::size_t i = 0; i < count; ++i) {
      x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(start + i));
    }
    exact(std::span<const float>(x.data(), count), std::span<double>(expected));
    bool is_first = true;
    for (const Compute compute : computes) {
      (simd::float_functions(compute).*function)(x.data(), y.data(), count);
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
      if (is_first) {
        y.swap(same);
        is_first = false;
      } else if (std::memcmp(y.data(), same.data(), count * sizeof(float)) != 0) {
        FAIL(text_of(compute) << " has other bits near " << x[0]);
      }
    }
  }
}

void check_exp(Step step) {
  const Exponential exact([](double x) { return std::exp(x); });
  check_floats(step, 0, all_words - 1, &simd::FloatFunctions::exp, exact, is_within_one_ulp);
}

void check_log(Step step) {
  check_floats(step, 0, all_words - 1, &simd::FloatFunctions::log, logarithm<float>, is_within_one_ulp);
}

void check_exp2(Step step) {
  const Exponential exact([](double x) { return std::exp2(x); });
  const auto is_right = [](float y, double expected) {
    const double bounded = std::max(expected, 0x1p-126);
    return std::abs(static_cast<double>(y) - bounded) <= 2e-7 * bounded;
  };
  check_floats(step, 0, std::bit_cast<std::uint32_t>(127.0F), &simd::FloatFunctions::exp2, exact, is_right);
  constexpr std::uint32_t minus_zero = 0x80000000;
  constexpr std::uint32_t minus_infinity = 0xff800000;
  check_floats(step, minus_zero, minus_infinity, &simd::FloatFunctions::exp2, exact, is_right);
}

void check_sine_and_cosine(Step step) {
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
  for (std::uint64_t start = 0; start < all_words; start += step * block) {
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

void check_radius(Step step) {
  std::vector<double> u(block);
  std::vector<float> rounded(block);
  std::vector<float> log_u(block);
  std::vector<double> expected(block);
  for (std::uint64_t start = 0; start < all_words / 2; start += step * block) {
    for (std::size_t i = 0; i < block; ++i) {
      u[i] = (static_cast<double>(start + i) + 0.5) * 0x1p-31;
      rounded[i] = (static_cast<float>(static_cast<std::int32_t>(start + i)) + 0.5F) * 0x1p-31F;
    }
    log(rounded, log_u, {.deterministic = true});
    logarithm<double>(u, expected);
    std::size_t right = 0;
    for (std::size_t i = 0; i < block; ++i) {
      const auto radius = static_cast<double>(std::sqrt(-2.0F * log_u[i]));
      const double square = -2 * expected[i];
      right += std::abs(radius * radius - square) <= 1.7e-7 * (1 + square) ? 1 : 0;
    }
    INFO("words from " << 2 * start);
    REQUIRE(right == block);
  }
}

struct Property {
  const char* name;
  void (*check)(Step step);
};

constexpr Property properties[] = {
    {"exp of floats is within 1 ulp, denormal results, overflow and NaN included", check_exp},
    {"log of floats is within 1 ulp, denormal arguments and NaN included", check_log},
    {"2 to the power of floats up to 127 is within its bound", check_exp2},
    {"sine and cosine of turns are within 1.25e-7, the same bits on every target", check_sine_and_cosine},
    {"the radius of normal variates is within its bound", check_radius},
};

void check_properties(Step step) {
  for (const auto& [name, check] : properties) {
    DYNAMIC_SECTION(name) { check(step); }
  }
}

}  // namespace

TEST_CASE("elementary functions on some floats of each exponent") { check_properties(sample); }

TEST_CASE("elementary functions on every float", "[.every_float]") { check_properties(all); }
