#include <algorithm>
#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/grid.hpp"
#include "special/portable.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

void check_count(std::int64_t count, bool is_point) {
  if (count < 1) {
    throw Error("count", std::to_string(count), "an integer from 1 on");
  }
  if (count == 1 && !is_point) {
    throw Error("count", "1", "at least 2, as `from` and `to` differ");
  }
}

/// Point i of count, 0 < i < count - 1. The ratio could overflow where its logarithm does not.
double inner_point(double from, double to, std::int64_t i, std::int64_t count) {
  const double t = static_cast<double>(i) / static_cast<double>(count - 1);
  return from * portable_exp(t * (portable_log(to) - portable_log(from)));
}

}  // namespace

std::vector<std::int64_t> geometric_integers(std::int64_t from, std::int64_t to, std::int64_t count) {
  if (from < 1) {
    throw Error("from", std::to_string(from), "an integer from 1 on");
  }
  if (to < from) {
    throw Error("to", std::to_string(to), "an integer from " + std::to_string(from) + " (`from`) on");
  }
  check_count(count, from == to);
  std::vector<std::int64_t> grid;
  grid.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    if (i == 0 || i == count - 1) {
      grid.push_back(i == 0 ? from : to);
      continue;
    }
    // 1, 10, 100 must not become 1, 9, 100.
    constexpr double rounding = 1e-12;
    const double value = inner_point(static_cast<double>(from), static_cast<double>(to), i, count);
    const double nearest = std::round(value);
    const double floor = std::abs(value - nearest) <= rounding * value ? nearest : std::floor(value);
    grid.push_back(floor < static_cast<double>(to) ? static_cast<std::int64_t>(floor) : to);
  }
  return grid;
}

std::vector<double> geometric_values(double from, double to, std::int64_t count) {
  if (!(from > 0.0) || !std::isnormal(from)) {
    throw Error("from", detail::text_of(from), "a number from 2.3e-308 to 1.7e308");
  }
  if (!(to >= from) || !std::isfinite(to)) {
    throw Error("to", detail::text_of(to), "a finite number from " + detail::text_of(from) + " (`from`) on");
  }
  check_count(count, from == to);
  std::vector<double> grid;
  grid.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const bool is_end = i == 0 || i == count - 1;
    grid.push_back(is_end ? (i == 0 ? from : to) : std::clamp(inner_point(from, to, i, count), from, to));
  }
  return grid;
}

}  // namespace asymptoken
