#include <algorithm>
#include <span>

#include "asymptoken/attention.hpp"
#include "experiment/moments/moments.hpp"
#include "experiment/token_stream.hpp"
#include "law/weighted_moments.hpp"

namespace asymptoken {

namespace {

/// The queries of an item. Only those of a quadrature have weights.
Quadrature queries_of(const MomentsMeasurement& measurement, const Item& item, Compute compute) {
  const MomentsParameters& parameters = measurement.parameters();
  if (parameters.quadrature) {
    return *parameters.quadrature;
  }
  if (parameters.own_queries) {
    return {.points = *parameters.own_queries, .weights = {}};
  }
  const Spec& spec = measurement.spec();
  Rows<float> fresh(static_cast<Index>(parameters.fresh_queries), spec.law->dimension());
  spec.law->sample(stream_of(spec, item, StreamPurpose::queries), 0, fresh, compute.target);
  return {.points = fresh.cast<double>(), .weights = {}};
}

/// All heads at once. Every block of queries sees a chunk of tokens before the next chunk is made.
class StreamedTokens final : public Execution {
 public:
  StreamedTokens(const MomentsMeasurement& measurement, const Item& item, Compute compute)
      : Execution(measurement.work(item)),
        measurement_(measurement),
        spec_(measurement.spec()),
        stream_(spec_, item, compute),
        points_(points_of(spec_, item)),
        cache_(spec_.law->dimension(), spec_.attention.V.rows()) {
    Quadrature queries = queries_of(measurement, item, compute);
    weights_ = std::move(queries.weights);
    std::vector<float> scales;
    for (const Head& head : spec_.attention.heads) {
      scales.push_back(static_cast<float>(head.multiplier));
    }
    const Rows<float> projected =
        projection(spec_.attention.base, compute)(Rows<float>(queries.points.cast<float>()));
    query_count_ = projected.rows();
    for (Index first = 0; first < projected.rows(); first += queries_per_block) {
      const Index count = std::min(queries_per_block, projected.rows() - first);
      blocks_.emplace_back(projected.middleRows(first, count), std::span<const float>(scales),
                           cache_.value_dimension(), compute);
    }
    next_block_ = blocks_.size();
  }

 private:
  double step(double /*work*/) override {
    if (next_block_ == blocks_.size()) {
      return add_chunk();
    }
    const Index first_query = static_cast<Index>(next_block_) * queries_per_block;
    const auto queries = static_cast<double>(std::min(queries_per_block, query_count_ - first_query));
    blocks_[next_block_].accumulate(cache_, 0, cache_.size());
    if (++next_block_ == blocks_.size() && seen_ == points_[point_]) {
      read_off();
    }
    return queries * static_cast<double>(cache_.size()) * pair_work(spec_);
  }

  double add_chunk() {
    const std::int64_t n = points_[point_];
    const auto count = static_cast<Index>(std::min<std::int64_t>(TokenStream::chunk, n - seen_));
    tokens_.resize(count, cache_.key_dimension());
    stream_.sample(seen_, tokens_);
    cache_.clear();
    cache_.append(tokens_, stream_.values(tokens_));
    seen_ += count;
    next_block_ = 0;
    return static_cast<double>(count) * sampling_work(spec_);
  }

  /// The moments of all outputs over the tokens seen so far.
  void read_off() {
    for (std::size_t head = 0; head < measurement_.limits().size(); ++head) {
      measured_.push_back(weights_.size() > 0 ? weighted_moments(head) : plain_moments(head));
    }
    if (++point_ == points_.size()) {
      finish(measurement_.errors(measured_));
    }
  }

  Moments plain_moments(std::size_t head) const {
    MomentAccumulator moments(measurement_.limits()[head].mean);
    for (const StreamingAttention<float>& block : blocks_) {
      moments.add(RowsView<float>(block.result(head).output));
    }
    return moments.moments();
  }

  Moments weighted_moments(std::size_t head) const {
    detail::WeightedMoments moments(cache_.value_dimension());
    Index query = 0;
    for (const StreamingAttention<float>& block : blocks_) {
      const Rows<float> output = block.result(head).output;
      for (Index row = 0; row < output.rows(); ++row) {
        moments.add(weights_[query++], output.row(row).transpose().cast<double>());
      }
    }
    return moments.result();
  }

  const MomentsMeasurement& measurement_;
  const Spec& spec_;
  TokenStream stream_;
  std::span<const std::int64_t> points_;  ///< the n of each
  KeyValueCache<float> cache_;            ///< the chunk
  Vector weights_;                        ///< of the queries; empty: all alike
  Index query_count_;
  std::vector<StreamingAttention<float>> blocks_;
  Rows<float> tokens_;
  std::vector<Moments> measured_;  ///< [point][head]

  std::size_t point_ = 0;  ///< that is next to be read off
  std::int64_t seen_ = 0;
  std::size_t next_block_ = 0;  ///< that has yet to see the chunk
};

}  // namespace

std::unique_ptr<Execution> attend_from_queries(const MomentsMeasurement& measurement, const Item& item,
                                               Compute compute) {
  return std::make_unique<StreamedTokens>(measurement, item, compute);
}

}  // namespace asymptoken
