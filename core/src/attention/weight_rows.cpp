#include "attention/weight_rows.hpp"

#include <algorithm>
#include <string>

#include "asymptoken/error.hpp"

namespace asymptoken {

WeightRows::WeightRows(const RowsView<float>& keys, float scale, Compute compute)
    : scale_(static_cast<double>(scale)),
      compute_(compute),
      logits_(static_cast<std::size_t>(keys.rows())),
      weights_(logits_.size()) {
  keys_.reserve(static_cast<std::size_t>(keys.size()));
  for (Index k = 0; k < keys.cols(); ++k) {
    for (Index j = 0; j < keys.rows(); ++j) {
      keys_.push_back(static_cast<double>(keys(j, k)));
    }
  }
}

std::span<const float> WeightRows::of(std::span<const float> query, double log_sum_exp) {
  const std::size_t count = logits_.size();
  std::ranges::fill(logits_, 0.0);
  for (std::size_t k = 0; k < query.size(); ++k) {
    const auto factor = static_cast<double>(query[k]);
    const double* const numbers = keys_.data() + k * count;
    for (std::size_t j = 0; j < count; ++j) {
      logits_[j] += factor * numbers[j];
    }
  }
  for (std::size_t j = 0; j < count; ++j) {
    weights_[j] = static_cast<float>(logits_[j] * scale_ - log_sum_exp);
  }
  exp(weights_, weights_, compute_);
  return weights_;
}

void check_weights(const RowsView<float>& queries, Index key_dimension, const Vector& log_sum_exp) {
  if (queries.cols() != key_dimension) {
    throw Error("dimension of the keys", std::to_string(key_dimension),
                "that of the queries, " + std::to_string(queries.cols()));
  }
  if (log_sum_exp.size() != queries.rows()) {
    throw Error("size of log_sum_exp", std::to_string(log_sum_exp.size()),
                "the number of queries, " + std::to_string(queries.rows()));
  }
}

}  // namespace asymptoken
