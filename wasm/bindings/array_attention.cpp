#include "array_attention.hpp"

#include "asymptoken/error.hpp"
#include "steps.hpp"

namespace asymptoken::wasm {

namespace {

using RowsOfVector = Eigen::Map<const Rows<float>>;

RowsOfVector checked_rows(const char* name, const std::vector<float>& numbers, Index columns) {
  const RowsOfVector rows(numbers.data(), static_cast<Index>(numbers.size()) / columns, columns);
  if (!rows.allFinite()) {
    throw Error(name, "not finite", "finite numbers");
  }
  return rows;
}

}  // namespace

ArrayAttention::ArrayAttention(Index tokens, Index key_dimension, Index value_dimension, double scale,
                               bool deterministic)
    : cache_(key_dimension, value_dimension),
      scale_(static_cast<float>(scale)),
      compute_{.deterministic = deterministic} {
  cache_.reserve(tokens);
}

void ArrayAttention::append(const std::vector<float>& keys, const std::vector<float>& values) {
  cache_.append(checked_rows("keys", keys, cache_.key_dimension()),
                checked_rows("values", values, cache_.value_dimension()));
}

void ArrayAttention::begin(const std::vector<float>& queries) {
  const RowsOfVector rows = checked_rows("queries", queries, cache_.key_dimension());
  queries_ = rows.rows();
  attention_.emplace(rows, scale_, cache_.value_dimension(), compute_);
  keys_seen_ = 0;
}

bool ArrayAttention::advance(double work) {
  if (!attention_) {
    throw Error("block of queries", "none", "one to be begun before advancing");
  }
  const auto each = static_cast<double>(queries_ * (cache_.key_dimension() + cache_.value_dimension() + 12));
  const Index count = affordable(work, each, keys_per_part, cache_.size() - keys_seen_);
  attention_->accumulate(cache_, keys_seen_, keys_seen_ + count);
  keys_seen_ += count;
  if (keys_seen_ < cache_.size()) {
    return false;
  }
  output_ = attention_->result();
  if (!output_.log_sum_exp.allFinite() || !output_.output.allFinite()) {
    throw Error("attention", "not finite", "logits and values within the range of float32");
  }
  return true;
}

}  // namespace asymptoken::wasm
