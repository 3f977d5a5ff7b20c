#pragma once

#include <algorithm>

#include "asymptoken/law.hpp"

namespace asymptoken {

// What work is counted in: about how many multiply-adds things take.

/// One query and one key: their product, and for each of `softmaxes` the exponential (as a dozen) and the value.
inline double pair_work(Index key_dimension, Index value_dimension, std::size_t softmaxes = 1) {
  return static_cast<double>(key_dimension) +
         static_cast<double>(softmaxes) * static_cast<double>(value_dimension + 12);
}

/// Making one token.
inline double token_work(const Law& law) {
  const auto d = static_cast<double>(law.dimension());
  return d * (20 + d / 2);
}

/// Tokens are made, read and attended to in chunks of this many: a multiple of what StreamingAttention cuts at.
inline constexpr Index tokens_per_chunk = 4096;

/// Items of so many rows each, or of as many times that as keeps their number within bounds.
inline Index rows_in_item(Index rows, Index usual) {
  constexpr Index most_items = 1'000'000;
  const Index times = (rows - 1) / (most_items * usual) + 1;
  return times * usual;
}

/// Queries that stream over the keys together.
inline constexpr Index queries_per_block = 96;

/// Keys that the streaming kernel takes in one step at the least: shorter ones cost it time, longer ones do not fit in a
/// browser's slice of ten milliseconds.
inline constexpr Index keys_per_step = 1024;

/// As many of the remaining `rest` keys as `work` pays for, in whole steps, at least one.
inline Index affordable_keys(double work, double work_each, Index rest) {
  const double steps =
      std::min(work / (work_each * static_cast<double>(keys_per_step)), static_cast<double>(rest));
  return std::min(rest, std::max<Index>(1, static_cast<Index>(steps)) * keys_per_step);
}

}  // namespace asymptoken
