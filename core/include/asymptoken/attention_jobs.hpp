#pragma once

#include <memory>
#include <variant>

#include "asymptoken/array.hpp"
#include "asymptoken/attention.hpp"
#include "asymptoken/job.hpp"
#include "asymptoken/law.hpp"

namespace asymptoken {

// Attention as jobs: what one call of `attend` or `attention_weights` would hold up, cut into items.

// ---- Attention over arrays ---------------------------------------------------------------------------------------------------

struct AttentionOptions {
  double scale = 1;                            ///< logit of query x against key k = scale <x, k>
  NumberType precision = NumberType::float32;  ///< that is computed in
  bool deterministic = false;
  Spread spread = Spread::skip;
};

/// Of one number per query.
struct Summary {
  double smallest = 0;
  double mean = 0;
  double largest = 0;
};

struct AttentionStatistics {
  Moments outputs;
  Summary log_sum_exp;
  Summary participation;
  Summary entropy;
};

/// Softmax attention of every query over all keys. An item is a block of queries; its values are a row for each: the output, its
/// log-sum-exp and, with spread, participation and entropy. In memory are the keys and values and the blocks under way.
class AttentionJob final : public RowsJob {
 public:
  /// Throws Error, naming an array, unless all have two dimensions and they fit each other. Their memory must outlive the job.
  AttentionJob(Array queries, Array keys, Array values, const AttentionOptions& options);
  ~AttentionJob() override;

  Index value_dimension() const { return values_.columns(); }
  /// Of the values of an item.
  Index row_width() const { return value_dimension() + (options_.spread == Spread::skip ? 1 : 3); }
  IndexRange rows_of(std::size_t item) const override;

  /// Reads everything: throws Error at a number that is not finite.
  std::size_t preparation_steps() const override;
  void prepare(std::size_t step, Compute compute) override;
  /// Its execution throws Error when logits or outputs leave the range of the numbers that it is computed in.
  std::unique_ptr<Execution> start(std::size_t item, Compute compute) const override;
  std::size_t items_that_fit(double bytes) const override;

  /// Once all items are there, in their order; with spread only.
  AttentionStatistics statistics() const;

 protected:
  std::size_t value_count(std::size_t item) const override;
  void take(std::size_t item, std::span<const double> values) override;

 private:
  template <class T>
  class Block;
  class Totals;

  Index query_chunk() const;
  Index key_chunk() const;
  template <class T>
  void load(Index first, Index count, KeyValueCache<T>& cache);

  Array queries_;
  Array keys_;
  Array values_;
  AttentionOptions options_;
  Index queries_per_item_;
  std::unique_ptr<KeyValueCache<float>> float_cache_;
  std::unique_ptr<KeyValueCache<double>> double_cache_;
  Vector mean_value_;
  std::unique_ptr<Totals> totals_;
};

// ---- The attention matrix -------------------------------------------------------------------------------------------------

/// The matrix of softmax weights of queries against keys, before any of it is computed: the rows on which its parts rest. It is
/// prepared once and serves many parts.
class AttentionMatrix {
 public:
  /// Of arrays; their memory must outlive this. Throws Error unless they fit each other.
  AttentionMatrix(Array queries, Array keys, double scale, bool deterministic);
  /// Of n tokens of a law that attend to each other: logit of y_i against y_j = <A y_i, y_j>. The tokens are the first of the
  /// stream.
  AttentionMatrix(LawPointer law, Stream stream, Index n, const Matrix& A, bool deterministic);

  Index rows() const;
  Index columns() const { return columns_; }
  Index dimension() const { return dimension_; }
  bool is_deterministic() const { return is_deterministic_; }
  /// Bytes that it takes.
  double memory() const;

  std::size_t preparation_steps() const;
  void prepare(std::size_t step, Compute compute);

  /// Queries first, first + 1, ..., as the kernels take them.
  Rows<float> queries(Index first, Index count) const;
  float scale() const { return scale_; }
  const Rows<float>& keys() const { return keys_; }
  /// The keys again, without values.
  const KeyValueCache<float>& cache() const { return *cache_; }

 private:
  struct LawTokens {
    LawPointer law;
    Stream stream;
    Matrix A;
  };
  struct Arrays {
    Array queries;
    Array keys;
  };
  static Arrays fitting(Array queries, Array keys);

  Index columns_;
  Index dimension_;
  float scale_;
  bool is_deterministic_;
  std::variant<Arrays, LawTokens> source_;
  Rows<float> keys_;
  std::unique_ptr<KeyValueCache<float>> cache_;
};

/// A part of an attention matrix.
struct MatrixPart {
  IndexRange rows;     ///< queries
  IndexRange columns;  ///< keys
  Index side =
      1;  ///< of the blocks of weights that are pooled, counted from the first row and column of the part
};

/// Weights of a part, pooled as WeightPooling does. An item is some rows of blocks; its values are the largest weight of each
/// block, row by row, then (unless side is 1) their means, then of each of its queries the log-sum-exp over all keys and the
/// participation.
class WeightsJob final : public RowsJob {
 public:
  /// Throws Error (fields `rows`, `columns`, `side`) unless the part lies in the matrix, which must outlive the job.
  WeightsJob(AttentionMatrix& matrix, const MatrixPart& part);

  /// Blocks in a row of them.
  Index width() const;
  IndexRange rows_of(std::size_t item) const override;

  std::size_t preparation_steps() const override { return matrix_->preparation_steps(); }
  void prepare(std::size_t step, Compute compute) override { matrix_->prepare(step, compute); }
  std::unique_ptr<Execution> start(std::size_t item, Compute compute) const override;
  std::size_t items_that_fit(double bytes) const override;

 protected:
  std::size_t value_count(std::size_t item) const override;
  void take(std::size_t /*item*/, std::span<const double> /*values*/) override {}

 private:
  class Block;

  AttentionMatrix* matrix_;
  MatrixPart part_;
  Index rows_per_item_ = 0;
};

// ---- Tokens --------------------------------------------------------------------------------------------------------------

/// The first tokens of a stream of a law; the values of an item are some of them, row by row.
class TokensJob final : public RowsJob {
 public:
  TokensJob(LawPointer law, Stream stream, Index n);

  IndexRange rows_of(std::size_t item) const override;
  Index dimension() const { return law_->dimension(); }
  std::unique_ptr<Execution> start(std::size_t item, Compute compute) const override;
  std::size_t items_that_fit(double bytes) const override;

 protected:
  std::size_t value_count(std::size_t item) const override;
  void take(std::size_t /*item*/, std::span<const double> /*values*/) override {}

 private:
  LawPointer law_;
  Stream stream_;
  Index n_;
  Index rows_per_item_;
};

}  // namespace asymptoken
