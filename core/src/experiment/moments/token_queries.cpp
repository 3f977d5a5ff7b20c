#include <algorithm>
#include <span>

#include "asymptoken/attention.hpp"
#include "experiment/moments/moment_errors.hpp"
#include "experiment/moments/steps.hpp"
#include "experiment/token_stream.hpp"

namespace asymptoken {

namespace {

/// What one step attends to at the least, so that a browser's slice of ten milliseconds holds several steps.
constexpr Index queries_per_block = 96;
constexpr Index keys_per_step = 1024;

/// All heads at once: they share the tokens and the products <A0 x, y>. The points read a block's outputs off on the way,
/// each at its n and those of its queries only.
class TokenQueries final : public Execution::Steps {
 public:
  TokenQueries(const Plan::Contents& contents, const Item& item, Compute compute)
      : contents_(contents),
        compute_(compute),
        stream_(contents.spec, item, compute),
        points_(points_of(contents.spec, item)),
        queries_(item.is_reference() ? reference_block(contents.spec, item.replicate)
                                     : QueryRange{.first = 0, .last = static_cast<Index>(points_.back())}),
        tokens_(static_cast<Index>(points_.back()), contents.spec.law->dimension()),
        cache_(contents.spec.law->dimension(), contents.spec.attention.V.rows()),
        query_map_(projection(contents.spec.attention.base, compute)),
        next_query_(queries_.first) {
    cache_.reserve(tokens_.rows());
    for (const Head& head : contents.spec.attention.heads) {
      scales_.push_back(static_cast<float>(head.multiplier));
    }
    for (std::size_t point = 0; point < points_.size(); ++point) {
      for (const Moments& limit : contents.limits.moments) {
        moments_.emplace_back(limit.mean);
      }
    }
  }

  double advance(double work) override {
    if (cache_.size() < tokens_.rows()) {
      return add_tokens();
    }
    if (!attention_) {
      start_block();
    }
    return attend(work);
  }

 private:
  static std::span<const std::int64_t> points_of(const Spec& spec, const Item& item) {
    return item.is_reference() ? std::span(&spec.reference_tokens, 1)
                               : std::span(spec.tokens).subspan(item.first_point, item.points);
  }

  double add_tokens() {
    const Index count = std::min<Index>(TokenStream::chunk, tokens_.rows() - cache_.size());
    const Index first = cache_.size();
    stream_.sample(first, tokens_.middleRows(first, count));
    const RowsView<float> keys = tokens_.middleRows(first, count);
    cache_.append(keys, stream_.values(keys));
    return static_cast<double>(count) * sampling_work(contents_.spec);
  }

  void start_block() {
    block_queries_ = std::min(queries_per_block, queries_.last - next_query_);
    next_key_ = 0;
    point_ = 0;
    while (points_[point_] <= next_query_) {
      ++point_;
    }
    attention_ = std::make_unique<StreamingAttention<float>>(
        query_map_(tokens_.middleRows(next_query_, block_queries_)), std::span<const float>(scales_),
        cache_.value_dimension(), compute_);
  }

  double attend(double work) {
    const auto n = static_cast<Index>(points_[point_]);
    const double per_key = static_cast<double>(block_queries_) * pair_work(contents_.spec);
    const auto steps = static_cast<Index>(std::min(work / per_key, static_cast<double>(n)) / keys_per_step);
    // Where it pauses moves no bits, as long as that is at a multiple of the step.
    const Index start = next_key_ / keys_per_step * keys_per_step;
    const Index last = std::min(n, start + std::max<Index>(1, steps) * keys_per_step);
    const double done = static_cast<double>(last - next_key_) * per_key;
    attention_->accumulate(cache_, next_key_, last);
    next_key_ = last;
    if (next_key_ == n) {
      read_off();
    }
    return done;
  }

  /// The block's outputs over the keys of this point join its moments.
  void read_off() {
    const Index count = std::min(block_queries_, static_cast<Index>(points_[point_]) - next_query_);
    for (std::size_t head = 0; head < scales_.size(); ++head) {
      moments_[point_ * scales_.size() + head].add(
          RowsView<float>(attention_->result(head).output.topRows(count)));
    }
    if (++point_ == points_.size()) {
      finish_block();
    }
  }

  void finish_block() {
    attention_.reset();
    next_query_ += block_queries_;
    finished = next_query_ == queries_.last;
    if (finished) {
      std::vector<Moments> measured;
      for (const MomentAccumulator& moments : moments_) {
        measured.push_back(moments.moments());
      }
      values = moment_values(contents_, measured);
    }
  }

  const Plan::Contents& contents_;
  Compute compute_;
  TokenStream stream_;
  std::span<const std::int64_t> points_;  ///< the n of each
  QueryRange queries_;                    ///< the tokens that attend
  Rows<float> tokens_;
  KeyValueCache<float> cache_;
  LinearMap query_map_;
  std::vector<float> scales_;
  std::vector<MomentAccumulator> moments_;  ///< [point][head]

  Index next_query_;
  Index block_queries_ = 0;
  Index next_key_ = 0;
  std::size_t point_ = 0;                                 ///< that is next to be read off
  std::unique_ptr<StreamingAttention<float>> attention_;  ///< of the block under way
};

}  // namespace

std::unique_ptr<Execution::Steps> attend_from_tokens(const Plan::Contents& contents, const Item& item,
                                                     Compute compute) {
  return std::make_unique<TokenQueries>(contents, item, compute);
}

}  // namespace asymptoken
