#pragma once

#include <memory>
#include <span>
#include <vector>

#include "asymptoken/aligned.hpp"
#include "asymptoken/matrix.hpp"
#include "asymptoken/simd.hpp"

namespace asymptoken {

/// Keys and values in the order in which the kernels read them. T is float or double.
///
/// Memory: n (key_dimension + value_dimension) numbers, each dimension padded to the kernel's tile,
/// and the range of the values of each 128 tokens.
template <class T>
class KeyValueCache {
 public:
  KeyValueCache(Index key_dimension, Index value_dimension);

  /// Makes room for that many tokens in all, so that appending does not copy what is there.
  void reserve(Index tokens);

  /// Adds tokens: keys is count x key_dimension, values is count x value_dimension. Throws Error when they disagree.
  void append(const RowsView<T>& keys, const RowsView<T>& values);

  /// Forgets the tokens and keeps the memory.
  void clear();

  Index size() const { return size_; }
  Index key_dimension() const { return key_dimension_; }
  Index value_dimension() const { return value_dimension_; }

 private:
  template <class>
  friend class StreamingAttention;

  Index keys_room(Index tokens) const;
  Index values_room(Index tokens) const;
  /// Widens the range of each column by the values of tokens first .. last-1, which lie in one block.
  void widen(std::span<T> least, std::span<T> largest, Index first, Index last) const;

  Index key_dimension_;
  Index value_dimension_;
  Index size_ = 0;
  AlignedVector<T> keys_;
  AlignedVector<T> values_;
  std::vector<T> least_;    ///< of each column in each block
  std::vector<T> largest_;  ///< likewise
};

/// Whether the spread of the weights over the keys is wanted too: it costs a few operations for each weight.
enum class Spread { skip, compute };

/// What softmax attention says of each query. p_j are the softmax weights of its keys.
template <class T>
struct AttentionOutput {
  Rows<T> output;      ///< queries x value_dimension: sum_j p_j v_j
  Vector log_sum_exp;  ///< queries: log sum_j e^{logit_j}
  Vector
      participation;  ///< queries: sum_j p_j^2, the reciprocal of the effective number of keys; empty without spread
  Vector entropy;  ///< queries: -sum_j p_j log p_j, in nats; empty without spread
};

/// Softmax attention of fixed queries over keys that arrive in parts: the finite-n attention map.
///
/// Keeps a running maximum, so that logits of any finite size are ordinary input, and memory is
/// queries x (value_dimension + a few), never queries x keys. The result after any number of keys is that of
/// softmax over exactly those keys. Cut at multiples of 128 keys, the parts give the same bits as the whole; other cuts
/// move the last bits. With `deterministic` the bits do not depend on the SIMD target either.
///
/// Accuracy of float: each number of the output is within (2^-23 (d + 3) S + 4e-6) max |v| of the exact one, where S is the
/// largest sum_k |scale x_k y_k|, for any number of keys: logits are sums of d products in float32, weights are accurate to
/// 2e-7, and no float32 sum has more than 32 terms before float64 takes over at every 512 keys. Rounding errors mostly
/// cancel: a tenth of that is usual. The output of either type lies in the range of its column of values, as an average
/// does.
template <class T>
class StreamingAttention {
 public:
  /// logit of query x against key k = scale <x, k>.
  StreamingAttention(const RowsView<T>& queries, T scale, Index value_dimension, Compute compute = {},
                     Spread spread = Spread::skip);
  /// Several softmaxes over the same products: logit number i = scales[i] <x, k>. The products are made once, which saves
  /// up to half the work of each scale but one.
  StreamingAttention(const RowsView<T>& queries, std::span<const T> scales, Index value_dimension,
                     Compute compute = {}, Spread spread = Spread::skip);
  ~StreamingAttention();
  StreamingAttention(StreamingAttention&&) noexcept;
  StreamingAttention& operator=(StreamingAttention&&) noexcept;

  /// Attends to keys first .. last-1 of the cache. Throws Error when the range or the dimensions do not fit.
  void accumulate(const KeyValueCache<T>& tokens, Index first, Index last);

  /// The attention over all keys seen so far, of the scale of that index. Throws Error before the first key.
  AttentionOutput<T> result(std::size_t scale = 0) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// All at once: StreamingAttention over whole arrays.
template <class T>
AttentionOutput<T> attend(const RowsView<T>& queries, const RowsView<T>& keys, const RowsView<T>& values,
                          T scale, Compute compute = {}, Spread spread = Spread::skip);

/// Softmax weights p(i, j) = e^{logit(i,j) - log_sum_exp_i} of a block of queries against a block of keys, given
/// the log-sum-exp over all keys: one tile of the attention matrix.
Rows<float> attention_weights(const RowsView<float>& queries, const RowsView<float>& keys, float scale,
                              const Vector& log_sum_exp, Compute compute = {});

/// What one pixel shows of many weights: those of each block of `side` queries and `side` keys, counted from the first of
/// both; the last block of a row or column holds what is left.
struct PooledWeights {
  Rows<float> largest;  ///< ceil(queries / side) x ceil(keys / side)
  Rows<float> mean;     ///< the same; sums of float64
};

/// The softmax weights of fixed queries against keys that arrive in parts, pooled: a picture of the attention matrix at the
/// resolution of a screen.
///
/// Every weight is computed, as attention_weights does, and none is kept: memory is that of the queries and of the answer.
/// Another cut of the keys moves the last bits of the means and none of the largest.
class WeightPooling {
 public:
  /// logit of query x against key k = scale <x, k>; log_sum_exp: of each query, over all keys that it attends to, of which
  /// the `keys` to come may be a part. side >= 1: of a block; 1 leaves the weights as they are. Throws Error when there are
  /// no queries or no keys, or sizes disagree.
  WeightPooling(const RowsView<float>& queries, float scale, const Vector& log_sum_exp, Index keys,
                Index side, Compute compute = {});

  /// Takes the next keys: count x d. Throws Error when the dimension is another, or there are more than were announced.
  void accumulate(const RowsView<float>& keys);

  /// Throws Error before the last key.
  PooledWeights result() const;

 private:
  void pool(const RowsView<float>& keys);

  Rows<float> queries_;
  float scale_;
  Vector log_sum_exp_;
  Index keys_;
  Index side_;
  Compute compute_;
  Index keys_seen_ = 0;
  Rows<float> largest_;
  Rows<double> sums_;
};

/// Mean and population covariance of rows that arrive in parts, accumulated in float64 about a fixed `origin`
/// (near the mean, for accuracy); the result does not depend on how the rows were cut.
class MomentAccumulator {
 public:
  explicit MomentAccumulator(Vector origin);

  void add(const RowsView<float>& rows);
  void add(const RowsView<double>& rows);
  Index count() const { return count_; }
  /// Throws Error before the first row.
  Moments moments() const;

 private:
  template <class T>
  void add_rows(const RowsView<T>& rows);

  Vector origin_;
  Vector sum_;
  Matrix products_;
  Index count_ = 0;
};

}  // namespace asymptoken
