#pragma once

#include <optional>
#include <string>

#include "asymptoken/attention.hpp"
#include "asymptoken/spec.hpp"

namespace asymptoken::wasm {

/// The softmax weights with which the first n tokens of a spec's law attend to each other: some of its rows and columns
/// at a time, in steps short enough for a worker that has to listen in between.
class AttentionMatrix {
 public:
  /// Throws Error when the spec is wrong, has no such head, or the tokens would not fit in memory.
  AttentionMatrix(const std::string& spec_json, Index tokens, Index head, Index replicate);

  /// Starts on rows [first_row, last_row) and columns [first_column, last_column).
  void begin(Index first_row, Index last_row, Index first_column, Index last_column);

  /// Does about `work` multiply-adds. Returns whether the block is finished.
  bool advance(double work);

  /// Of the finished block: rows x columns, each row of the whole matrix summing to 1.
  const Rows<float>& weights() const { return weights_; }
  /// Of the finished block's rows, over all tokens.
  const Vector& log_sum_exp() const { return log_sum_exp_; }

 private:
  double make_tokens(double work);
  double sum_keys(double work);
  double weigh_columns(double work);

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
  Rows<float> queries_;
  std::optional<StreamingAttention<float>> attention_;
  Index keys_summed_ = 0;
  Index columns_weighed_ = 0;
  Vector log_sum_exp_;
  Rows<float> weights_;
};

}  // namespace asymptoken::wasm
