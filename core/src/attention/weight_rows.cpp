#include "attention/weight_rows.hpp"

#include <array>
#include <cstddef>
#include <string>

#include "asymptoken/error.hpp"

namespace asymptoken {

namespace {

/// Keys in a panel.
constexpr std::size_t width = 8;

}  // namespace

WeightRows::WeightRows(const RowsView<float>& keys, float scale, Compute compute)
    : count_(static_cast<std::size_t>(keys.rows())),
      scale_(static_cast<double>(scale)),
      compute_(compute),
      weights_((count_ + width - 1) / width * width) {
  const auto dimension = static_cast<std::size_t>(keys.cols());
  keys_.resize(weights_.size() * dimension);
  for (std::size_t j = 0; j < count_; ++j) {
    const std::span<const float> key = row_of(keys, static_cast<Index>(j));
    double* const panel = keys_.data() + j / width * width * dimension + j % width;
    for (std::size_t k = 0; k < dimension; ++k) {
      panel[k * width] = static_cast<double>(key[k]);
    }
  }
}

std::span<const float> WeightRows::of(std::span<const float> query, double log_sum_exp) {
  const double* numbers = keys_.data();
  for (std::size_t first = 0; first < weights_.size(); first += width) {
    std::array<double, width> logits{};
    for (const float factor : query) {
      for (std::size_t lane = 0; lane < width; ++lane) {
        logits[lane] += static_cast<double>(factor) * *numbers++;
      }
    }
    for (std::size_t lane = 0; lane < width; ++lane) {
      weights_[first + lane] = static_cast<float>(logits[lane] * scale_ - log_sum_exp);
    }
  }
  const std::span<float> weights(weights_.data(), count_);
  exp(weights, weights, compute_);
  return weights;
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
