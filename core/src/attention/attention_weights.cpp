#include <algorithm>

#include "asymptoken/attention.hpp"
#include "attention/weight_rows.hpp"

namespace asymptoken {

Rows<float> attention_weights(const RowsView<float>& queries, const RowsView<float>& keys, float scale,
                              const Vector& log_sum_exp, Compute compute) {
  check_weights(queries, keys.cols(), log_sum_exp);
  Rows<float> weights(queries.rows(), keys.rows());
  WeightRows rows(keys, scale, compute);
  for (Index i = 0; i < queries.rows(); ++i) {
    std::ranges::copy(rows.of(row_of(queries, i), log_sum_exp[i]), weights.row(i).data());
  }
  return weights;
}

}  // namespace asymptoken
