#pragma once

#include <optional>
#include <vector>

#include "asymptoken/attention.hpp"

namespace asymptoken::wasm {

/// Softmax attention over arrays that a caller brings, in steps short enough for a worker that has to listen in between.
class ArrayAttention {
 public:
  /// Makes room for that many tokens.
  ArrayAttention(Index tokens, Index key_dimension, Index value_dimension, double scale, bool deterministic);

  /// Adds tokens: their keys and their values, row-major. Throws Error at a number that is not finite.
  void append(const std::vector<float>& keys, const std::vector<float>& values);

  /// Starts on a block of queries, row-major. Throws Error at a number that is not finite.
  void begin(const std::vector<float>& queries);

  /// Does about `work` multiply-adds. Returns whether the block is finished. Throws Error when logits or outputs leave the
  /// range of float32.
  bool advance(double work);

  /// Of the finished block.
  const AttentionOutput<float>& attention() const { return output_; }

 private:
  KeyValueCache<float> cache_;
  float scale_;
  Compute compute_;

  Index queries_ = 0;
  std::optional<StreamingAttention<float>> attention_;
  Index keys_seen_ = 0;
  AttentionOutput<float> output_;
};

}  // namespace asymptoken::wasm
