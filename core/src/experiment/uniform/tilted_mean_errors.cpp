#include "experiment/uniform/tilted_mean_errors.hpp"

#include <algorithm>
#include <utility>

namespace asymptoken {

namespace {

/// What one step attends to at the least, so that a browser's slice of ten milliseconds holds several steps.
constexpr Index tilts_per_block = 96;
constexpr Index tokens_per_step = 1024;

}  // namespace

TiltedMeanErrors::TiltedMeanErrors(const Law& law, const KeyValueCache<double>& tokens, Index n,
                                   Rows<double> tilts, Compute compute)
    : law_(&law),
      tokens_(&tokens),
      n_(n),
      tilts_(std::move(tilts)),
      compute_(compute),
      errors_(tilts_.rows(), tilts_.cols()) {}

double TiltedMeanErrors::advance(double work) {
  if (!attention_) {
    block_ = std::min(tilts_per_block, tilts_.rows() - done_);
    next_token_ = 0;
    attention_.emplace(tilts_.middleRows(done_, block_), 1.0, tilts_.cols(), compute_);
  }
  const double per_token = static_cast<double>(block_) * pair_work(tilts_.cols());
  const auto steps =
      static_cast<Index>(std::min(work / per_token, static_cast<double>(n_)) / tokens_per_step);
  const Index last = std::min(n_, next_token_ + std::max<Index>(1, steps) * tokens_per_step);
  const double done = static_cast<double>(last - next_token_) * per_token;
  attention_->accumulate(*tokens_, next_token_, last);
  next_token_ = last;
  if (next_token_ == n_) {
    finish_block(attention_->result().output);
  }
  return done;
}

void TiltedMeanErrors::finish_block(const Rows<double>& averages) {
  errors_.middleRows(done_, block_) = averages;
  for (Index row = done_; row < done_ + block_; ++row) {
    errors_.row(row) -= law_->tilted_mean(tilts_.row(row).transpose()).transpose();
  }
  attention_.reset();
  done_ += block_;
}

}  // namespace asymptoken
