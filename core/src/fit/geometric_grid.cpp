#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/fit.hpp"
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

/// Point i of count, 0 < i < count - 1. The logarithm of the ratio would overflow for no reason.
double inner_point(double from, double to, std::int64_t i, std::int64_t count) {
  const double t = static_cast<double>(i) / static_cast<double>(count - 1);
  return from * std::exp(t * (std::log(to) - std::log(from)));
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
    // 1, 10, 100 must not become 1, 9, 100, nor depend on whose logarithm it is.
    constexpr double rounding = 1e-12;
    const double value = inner_point(static_cast<double>(from), static_cast<double>(to), i, count);
    grid.push_back(static_cast<std::int64_t>(std::floor(value * (1.0 + rounding))));
  }
  return grid;
}

std::vector<double> geometric_values(double from, double to, std::int64_t count) {
  if (!(from > 0.0) || !std::isfinite(from)) {
    throw Error("from", detail::text_of(from), "a finite number above 0");
  }
  if (!(to >= from) || !std::isfinite(to)) {
    throw Error("to", detail::text_of(to), "a finite number from " + detail::text_of(from) + " (`from`) on");
  }
  check_count(count, from == to);
  std::vector<double> grid;
  grid.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const bool is_end = i == 0 || i == count - 1;
    grid.push_back(is_end ? (i == 0 ? from : to) : inner_point(from, to, i, count));
  }
  return grid;
}

}  // namespace asymptoken
