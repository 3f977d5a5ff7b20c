#include <algorithm>
#include <span>

#include "asymptoken/attention.hpp"
#include "experiment/moments/moments.hpp"
#include "experiment/token_stream.hpp"

namespace asymptoken {

namespace {

/// All heads at once: they share the tokens and the products <A0 x, y>. The points read a block's outputs off on the way,
/// each at its n and those of its queries only.
class TokenQueries : public Execution {
 public:
  /// The tokens of `queries` attend.
  TokenQueries(const MomentsMeasurement& measurement, double work, Stream stream,
               std::vector<std::int64_t> points, QueryRange queries, Compute compute)
      : Execution(work),
        measurement_(measurement),
        spec_(measurement.spec()),
        compute_(compute),
        stream_(spec_, stream, compute),
        points_(std::move(points)),
        queries_(queries),
        tokens_(static_cast<Index>(points_.back()), spec_.law->dimension()),
        cache_(spec_.law->dimension(), spec_.attention.V.rows()),
        query_map_(projection(spec_.attention.base, compute)),
        next_query_(queries.first) {
    cache_.reserve(tokens_.rows());
    for (const Head& head : spec_.attention.heads) {
      scales_.push_back(static_cast<float>(head.multiplier));
    }
    for (std::size_t point = 0; point < points_.size(); ++point) {
      for (const Moments& limit : measurement.limits()) {
        moments_.emplace_back(limit.mean);
      }
    }
  }

 protected:
  const MomentsMeasurement& measurement() const { return measurement_; }
  /// From the moments of all outputs, [point][head].
  virtual std::vector<double> values_of(std::span<const Moments> measured) const = 0;

 private:
  double step(double work) override {
    if (cache_.size() < tokens_.rows()) {
      return add_tokens();
    }
    if (!attention_) {
      start_block();
    }
    return attend(work);
  }

  double add_tokens() {
    const Index count = std::min<Index>(TokenStream::chunk, tokens_.rows() - cache_.size());
    const Index first = cache_.size();
    stream_.sample(first, tokens_.middleRows(first, count));
    const RowsView<float> keys = tokens_.middleRows(first, count);
    cache_.append(keys, stream_.values(keys));
    return static_cast<double>(count) * sampling_work(spec_);
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
    const double per_key = static_cast<double>(block_queries_) * pair_work(spec_);
    // Where it pauses moves no bits, as long as that is at a multiple of the step.
    const Index start = next_key_ / keys_per_step * keys_per_step;
    const Index last = start + affordable_keys(work, per_key, n - start);
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
    if (next_query_ == queries_.last) {
      std::vector<Moments> measured;
      for (const MomentAccumulator& moments : moments_) {
        measured.push_back(moments.moments());
      }
      finish(values_of(measured));
    }
  }

  const MomentsMeasurement& measurement_;
  const Spec& spec_;
  Compute compute_;
  TokenStream stream_;
  std::vector<std::int64_t> points_;  ///< the n of each
  QueryRange queries_;
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

class Replicate final : public TokenQueries {
 public:
  Replicate(const MomentsMeasurement& measurement, const Item& item, Compute compute)
      : TokenQueries(measurement, measurement.work(item),
                     stream_of(measurement.spec(), item, StreamPurpose::tokens), points(measurement, item),
                     {.first = 0, .last = static_cast<Index>(points(measurement, item).back())}, compute) {}

 private:
  static std::vector<std::int64_t> points(const MomentsMeasurement& measurement, const Item& item) {
    const auto all = points_of(measurement.spec(), item);
    return {all.begin(), all.end()};
  }
  std::vector<double> values_of(std::span<const Moments> measured) const override {
    return measurement().errors(measured);
  }
};

/// All blocks have the same tokens.
class ReferenceBlock final : public TokenQueries {
 public:
  ReferenceBlock(const MomentsMeasurement& measurement, std::size_t block, double work, Compute compute)
      : TokenQueries(measurement, work, Stream::of(measurement.spec().seed, StreamPurpose::reference),
                     {measurement.parameters().reference_tokens}, measurement.reference_block(block),
                     compute) {}

 private:
  std::vector<double> values_of(std::span<const Moments> measured) const override {
    return measurement().reference_values(measured);
  }
};

}  // namespace

std::unique_ptr<Execution> attend_from_tokens(const MomentsMeasurement& measurement, const Item& item,
                                              Compute compute) {
  return std::make_unique<Replicate>(measurement, item, compute);
}

std::unique_ptr<Execution> attend_in_reference(const MomentsMeasurement& measurement, std::size_t block,
                                               double work, Compute compute) {
  return std::make_unique<ReferenceBlock>(measurement, block, work, compute);
}

}  // namespace asymptoken
