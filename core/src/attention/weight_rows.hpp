#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "asymptoken/attention.hpp"

namespace asymptoken {

/// Softmax weights of one query at a time against a block of keys. Logits are sums in float64, so that a weight is as
/// accurate as the log-sum-exp that it is given.
class WeightRows {
 public:
  WeightRows(const RowsView<float>& keys, float scale, Compute compute);

  /// e^{scale <query, k> - log_sum_exp} of each key; valid until the next call.
  std::span<const float> of(std::span<const float> query, double log_sum_exp);

 private:
  std::size_t count_;
  double scale_;
  Compute compute_;
  std::vector<double>
      keys_;  ///< panels of a few keys, dimension by dimension: their logits stay in registers
  std::vector<float> weights_;
};

/// Throws Error unless there is one log-sum-exp for each query, and keys have as many numbers as queries.
void check_weights(const RowsView<float>& queries, Index key_dimension, const Vector& log_sum_exp);

inline std::span<const float> row_of(const RowsView<float>& rows, Index row) {
  return {rows.data() + row * rows.outerStride(), static_cast<std::size_t>(rows.cols())};
}

}  // namespace asymptoken
