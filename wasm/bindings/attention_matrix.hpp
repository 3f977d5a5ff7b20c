#pragma once

#include <optional>
#include <string>

#include "asymptoken/attention.hpp"
#include "asymptoken/spec.hpp"

namespace asymptoken::wasm {

/// The softmax weights with which the first n tokens of a spec's law attend to each other: some of its rows and columns
/// at a time, pooled, in steps short enough for a worker that has to listen in between.
class AttentionMatrix {
 public:
  /// Throws Error when the spec is wrong, has no such head, or the tokens would not fit in memory.
  AttentionMatrix(const std::string& spec_json, Index tokens, Index head, Index replicate);

  /// Starts on rows [first_row, last_row) and columns [first_column, last_column), in blocks of `side` x `side` weights.
  void begin(Index first_row, Index last_row, Index first_column, Index last_column, Index side);

  /// Does about `work` multiply-adds. Returns whether the block is finished.
  bool advance(double work);

  /// Of what is finished; each row of the whole matrix sums to 1.
  const PooledWeights& pooled() const { return pooled_; }
  /// Of the finished rows, over all tokens.
  const Vector& log_sum_exp() const { return sums_.log_sum_exp; }
  const Vector& participation() const { return sums_.participation; }

 private:
  double make_tokens(double work);
  double sum_keys(double work);
  double pool_columns(double work);

  Spec spec_;
  Stream stream_;
  Index head_;
  Compute compute_;
  Rows<float> tokens_;
  KeyValueCache<float> cache_;

  Index first_row_ = 0;
  Index last_row_ = 0;
  Index first_column_ = 0;
  Index last_column_ = 0;
  Index side_ = 1;
  Rows<float> queries_;
  std::optional<StreamingAttention<float>> attention_;
  Index keys_summed_ = 0;
  AttentionOutput<float> sums_;
  std::optional<WeightPooling> pooling_;
  Index columns_pooled_ = 0;
  PooledWeights pooled_;
};

}  // namespace asymptoken::wasm
