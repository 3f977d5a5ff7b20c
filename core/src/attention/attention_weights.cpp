#include <string>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"

namespace asymptoken {

Rows<float> attention_weights(const RowsView<float>& queries, const RowsView<float>& keys, float scale,
                              const Vector& log_sum_exp, Compute compute) {
  if (queries.cols() != keys.cols()) {
    throw Error("dimension of the keys", std::to_string(keys.cols()),
                "that of the queries, " + std::to_string(queries.cols()));
  }
  if (log_sum_exp.size() != queries.rows()) {
    throw Error("size of log_sum_exp", std::to_string(log_sum_exp.size()),
                "the number of queries, " + std::to_string(queries.rows()));
  }
  Rows<float> weights(queries.rows(), keys.rows());
  for (Index i = 0; i < queries.rows(); ++i) {
    for (Index j = 0; j < keys.rows(); ++j) {
      double logit = 0;
      for (Index k = 0; k < queries.cols(); ++k) {
        logit += static_cast<double>(queries(i, k)) * static_cast<double>(keys(j, k));
      }
      weights(i, j) = static_cast<float>(logit * static_cast<double>(scale) - log_sum_exp[i]);
    }
    const std::span<float> row(weights.row(i).data(), static_cast<std::size_t>(weights.cols()));
    exp(row, row, compute);
  }
  return weights;
}

}  // namespace asymptoken
