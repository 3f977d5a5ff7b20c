#include "attention_matrix.hpp"

#include "asymptoken/error.hpp"
#include "steps.hpp"
#include "token_sampler.hpp"

namespace asymptoken::wasm {

namespace {

Index checked_head(const Spec& spec, Index head) {
  const auto heads = static_cast<Index>(spec.attention.heads.size());
  if (head < 0 || head >= heads) {
    throw Error("head", std::to_string(head),
                "an index into the sweep's heads, from 0 to " + std::to_string(heads - 1));
  }
  return head;
}

}  // namespace

AttentionMatrix::AttentionMatrix(const std::string& spec_json, Index tokens, Index head, Index replicate)
    : spec_(parse_spec(spec_json)),
      stream_(token_stream(spec_, replicate)),
      head_(checked_head(spec_, head)),
      compute_{.deterministic = spec_.deterministic},
      cache_(spec_.law->dimension(), 1) {
  // The tokens, the cache's copy with one value each, and little else.
  check_token_memory(tokens, 2 * spec_.law->dimension() + 1);
  tokens_.resize(tokens, spec_.law->dimension());
  cache_.reserve(tokens);
}

void AttentionMatrix::begin(Index first_row, Index last_row, Index first_column, Index last_column,
                            Index side) {
  const Index n = tokens_.rows();
  if (first_row < 0 || first_row >= last_row || last_row > n) {
    throw Error("rows", std::to_string(first_row) + " to " + std::to_string(last_row),
                "a range within 0 to " + std::to_string(n));
  }
  if (first_column < 0 || first_column >= last_column || last_column > n) {
    throw Error("columns", std::to_string(first_column) + " to " + std::to_string(last_column),
                "a range within 0 to " + std::to_string(n));
  }
  first_row_ = first_row;
  last_row_ = last_row;
  first_column_ = first_column;
  last_column_ = last_column;
  side_ = side;
  attention_.reset();
  keys_summed_ = 0;
  pooling_.reset();
  columns_pooled_ = 0;
}

bool AttentionMatrix::advance(double work) {
  const Index columns = last_column_ - first_column_;
  while (work > 0 && columns_pooled_ < columns) {
    if (cache_.size() < tokens_.rows()) {
      work -= make_tokens(work);
    } else if (keys_summed_ < tokens_.rows()) {
      work -= sum_keys(work);
    } else {
      work -= pool_columns(work);
    }
  }
  return columns_pooled_ == columns;
}

double AttentionMatrix::make_tokens(double work) {
  const Index first = cache_.size();
  const double each = work_of_a_token(spec_);
  const Index count = affordable(work, each, 64, tokens_.rows() - first);
  spec_.law->sample(stream_, static_cast<std::uint64_t>(first), tokens_.middleRows(first, count));
  // Only the weights are wanted, so the values are nothing.
  cache_.append(tokens_.middleRows(first, count), Rows<float>::Zero(count, 1));
  return each * static_cast<double>(count);
}

double AttentionMatrix::sum_keys(double work) {
  const Index rows = last_row_ - first_row_;
  if (!attention_) {
    const Matrix& A = spec_.attention.heads[static_cast<std::size_t>(head_)].form.A;
    queries_ = (tokens_.middleRows(first_row_, rows).cast<double>() * A.transpose()).cast<float>();
    attention_.emplace(queries_, 1.0F, 1, compute_, Spread::compute);
  }
  const auto each = static_cast<double>(rows * (spec_.law->dimension() + 15));
  const Index count = affordable(work, each, keys_per_part, tokens_.rows() - keys_summed_);
  attention_->accumulate(cache_, keys_summed_, keys_summed_ + count);
  keys_summed_ += count;
  if (keys_summed_ == tokens_.rows()) {
    sums_ = attention_->result();
  }
  return each * static_cast<double>(count);
}

double AttentionMatrix::pool_columns(double work) {
  const Index columns = last_column_ - first_column_;
  if (!pooling_) {
    pooling_.emplace(queries_, 1.0F, sums_.log_sum_exp, columns, side_, compute_);
  }
  const auto each = static_cast<double>(queries_.rows() * (spec_.law->dimension() + 15));
  const Index count = affordable(work, each, 64, columns - columns_pooled_);
  pooling_->accumulate(tokens_.middleRows(first_column_ + columns_pooled_, count));
  columns_pooled_ += count;
  if (columns_pooled_ == columns) {
    pooled_ = pooling_->result();
  }
  return each * static_cast<double>(count);
}

}  // namespace asymptoken::wasm
