#include <algorithm>
#include <string>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "attention/weight_rows.hpp"

namespace asymptoken {

namespace {

/// Their logits, weights and sums stay in a first-level cache.
constexpr Index keys_at_once = 256;

Index blocks_of(Index count, Index side) { return (count + side - 1) / side; }

/// How many of `count` lie in that block.
Index length_of(Index block, Index count, Index side) { return std::min(side, count - block * side); }

}  // namespace

WeightPooling::WeightPooling(const RowsView<float>& queries, float scale, const Vector& log_sum_exp,
                             Index keys, Index side, Compute compute)
    : queries_(queries),
      scale_(scale),
      log_sum_exp_(log_sum_exp),
      keys_(keys),
      side_(side),
      compute_(compute) {
  check_weights(queries, queries.cols(), log_sum_exp);
  if (queries.rows() < 1) {
    throw Error("number of queries", "0", "at least 1");
  }
  if (keys < 1) {
    throw Error("number of keys", std::to_string(keys), "at least 1");
  }
  if (side < 1) {
    throw Error("side of a block", std::to_string(side), "at least 1");
  }
  largest_ = Rows<float>::Zero(blocks_of(queries.rows(), side), blocks_of(keys, side));
  sums_ = Rows<double>::Zero(largest_.rows(), largest_.cols());
}

void WeightPooling::accumulate(const RowsView<float>& keys) {
  check_weights(queries_, keys.cols(), log_sum_exp_);
  if (keys.rows() > keys_ - keys_seen_) {
    throw Error("number of keys", std::to_string(keys_seen_ + keys.rows()),
                "the " + std::to_string(keys_) + " that were announced");
  }
  for (Index first = 0; first < keys.rows(); first += keys_at_once) {
    const Index count = std::min(keys_at_once, keys.rows() - first);
    pool(keys.middleRows(first, count));
    keys_seen_ += count;
  }
}

void WeightPooling::pool(const RowsView<float>& keys) {
  const auto count = static_cast<std::size_t>(keys.rows());
  WeightRows rows(keys, scale_, compute_);
  // Of each key, over the queries of one row of blocks: the loops along the keys are the hot ones.
  std::vector<float> largest(count);
  std::vector<double> sums(count);
  for (Index block = 0; block < largest_.rows(); ++block) {
    std::ranges::fill(largest, 0.0F);
    std::ranges::fill(sums, 0.0);
    const Index first = block * side_;
    for (Index i = first; i < first + length_of(block, queries_.rows(), side_); ++i) {
      const std::span<const float> weights = rows.of(row_of(queries_, i), log_sum_exp_[i]);
      for (std::size_t j = 0; j < count; ++j) {
        largest[j] = weights[j] > largest[j] ? weights[j] : largest[j];
        sums[j] += static_cast<double>(weights[j]);
      }
    }
    for (std::size_t j = 0; j < count; ++j) {
      const Index column = (keys_seen_ + static_cast<Index>(j)) / side_;
      largest_(block, column) = std::max(largest_(block, column), largest[j]);
      sums_(block, column) += sums[j];
    }
  }
}

PooledWeights WeightPooling::result() const {
  if (keys_seen_ < keys_) {
    throw Error("number of keys", std::to_string(keys_seen_),
                "the " + std::to_string(keys_) + " that were announced");
  }
  Rows<float> mean(sums_.rows(), sums_.cols());
  for (Index row = 0; row < mean.rows(); ++row) {
    for (Index column = 0; column < mean.cols(); ++column) {
      const Index weights = length_of(row, queries_.rows(), side_) * length_of(column, keys_, side_);
      mean(row, column) = static_cast<float>(sums_(row, column) / static_cast<double>(weights));
    }
  }
  return {.largest = largest_, .mean = std::move(mean)};
}

}  // namespace asymptoken
