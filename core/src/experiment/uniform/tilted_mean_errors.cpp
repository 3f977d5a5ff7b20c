#include "experiment/uniform/tilted_mean_errors.hpp"

#include <algorithm>
#include <utility>

#include "job/costs.hpp"

namespace asymptoken {

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
    block_ = std::min(queries_per_block, tilts_.rows() - done_);
    next_token_ = 0;
    attention_.emplace(tilts_.middleRows(done_, block_), 1.0, tilts_.cols(), compute_);
  }
  const double per_token = static_cast<double>(block_) * pair_work(tilts_.cols());
  const Index last = next_token_ + affordable_keys(work, per_token, n_ - next_token_);
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
