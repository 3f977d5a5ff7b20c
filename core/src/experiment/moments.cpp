#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "experiment/token_stream.hpp"
#include "experiment/type.hpp"

// Mean and covariance of the outputs of attention when n tokens of a law attend to each other (or fresh queries attend to
// them), against the exact moments of the transformed law.

namespace asymptoken {

namespace {

/// What one step attends to at the least, so that a browser's slice of ten milliseconds holds several steps.
constexpr Index queries_per_block = 96;
constexpr Index keys_per_step = 1024;

Index query_count(const Spec& spec, double n) {
  return static_cast<Index>(spec.fresh_queries > 0 ? static_cast<double>(spec.fresh_queries) : n);
}

void read(Reader& reader, Spec& spec) {
  if (reader.has("queries") && reader.is_object("queries")) {
    Reader queries = reader.object("queries");
    spec.fresh_queries = queries.integer("count", std::nullopt, 1, 1'000'000'000);
    queries.finish();
  } else {
    reader.choice("queries", {"tokens"});
    spec.fresh_queries = 0;
  }
}

/// Slopes of the error of either moment, and the constant where it is known.
std::vector<Prediction> predictions(const Spec& spec, const Head& head) {
  std::vector<Prediction> predicted;
  if (!spec.law->has_independent_tokens()) {
    return predicted;
  }
  const double H = head.horizon;
  const bool is_gaussian = spec.law->name() == "gaussian";
  for (const std::string_view metric : moments_experiment().metrics) {
    const auto add = [&](std::string_view quantity, std::string_view name, double value, Status status,
                         std::string_view formula) {
      predicted.push_back({.metric = std::string(metric),
                           .quantity = std::string(quantity),
                           .name = std::string(name),
                           .value = value,
                           .status = status,
                           .formula = std::string(formula)});
    };
    add("slope", "guaranteed rate", -guaranteed_rate(H), Status::paper, "-1/(2(1+H^2))");
    if (is_gaussian) {
      add("slope", "Gaussian rate", -gaussian_rate(H), H < 1 ? Status::derived : Status::heuristic,
          "-min(1/2, 1/(1+H^2))");
    } else if (spec.law->is_bounded()) {
      add("slope", "compact-support rate", -0.5, Status::derived, "-1/2");
    }
  }
  if (is_gaussian && spec.fresh_queries == 0) {
    if (const auto limit = gaussian_moment_limit(spec.law->covariance(), head.form)) {
      predicted.push_back({.metric = "mean",
                           .quantity = "constant",
                           .name = "asymptotic constant",
                           .value = expected_norm(limit->mean_asymptotic_covariance),
                           .status = Status::derived,
                           .formula = "E|N(0, lim n Cov(mean))|"});
    }
  }
  return predicted;
}

void prepare(Plan::Contents& contents) {
  for (const Head& head : contents.spec.attention.heads) {
    Curve curve = empty_curve(contents.spec, head, contents.skeleton.metrics.size());
    curve.predicted = predictions(contents.spec, head);
    contents.skeleton.curves.push_back(std::move(curve));
    contents.limits.moments.push_back(transformed_moments(*contents.spec.law, head.form));
  }
}

double work(const Spec& spec, double n) {
  const auto queries = static_cast<double>(query_count(spec, n));
  return n * sampling_work(spec) + queries * n * pair_work(spec);
}

double memory(const Spec& spec, double n) {
  const auto d = static_cast<double>(spec.law->dimension());
  const auto value_dimension = static_cast<double>(spec.attention.V.rows());
  const std::size_t measured = spec.attention.heads.size() * (spec.nested ? spec.tokens.size() : 1);
  return sizeof(float) * (n * (2 * d + value_dimension) + static_cast<double>(spec.fresh_queries) * d) +
         sizeof(double) * static_cast<double>(measured) * value_dimension * value_dimension;
}

/// All heads at once: they share the tokens and the products <A0 x, y>. A block of queries streams over the keys; the points
/// read its outputs off on the way, each at its n and those of its queries only.
class MomentsSteps final : public Execution::Steps {
 public:
  MomentsSteps(const Plan::Contents& contents, const Item& item, Compute compute)
      : contents_(contents),
        compute_(compute),
        stream_(contents.spec, item, compute),
        points_(std::span(contents.spec.tokens).subspan(item.first_point, item.points)),
        tokens_(static_cast<Index>(points_.back()), contents.spec.law->dimension()),
        fresh_stream_(Stream::of(contents.spec.seed, StreamPurpose::queries,
                                 static_cast<std::uint32_t>(item.replicate),
                                 static_cast<std::uint32_t>(item.first_point))),
        cache_(contents.spec.law->dimension(), contents.spec.attention.V.rows()),
        query_map_(projection(contents.spec.attention.base, compute)) {
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
  double add_tokens() {
    const Index count = std::min<Index>(TokenStream::chunk, tokens_.rows() - cache_.size());
    const Index first = cache_.size();
    stream_.sample(first, tokens_.middleRows(first, count));
    const RowsView<float> keys = tokens_.middleRows(first, count);
    cache_.append(keys, stream_.values(keys));
    return static_cast<double>(count) * sampling_work(contents_.spec);
  }

  Index queries_of(std::size_t point) const {
    return query_count(contents_.spec, static_cast<double>(points_[point]));
  }

  void start_block() {
    block_queries_ = std::min(queries_per_block, queries_of(points_.size() - 1) - first_query_);
    next_key_ = 0;
    point_ = 0;
    while (queries_of(point_) <= first_query_) {
      ++point_;
    }
    if (contents_.spec.fresh_queries > 0) {
      Rows<float> fresh(block_queries_, tokens_.cols());
      contents_.spec.law->sample(fresh_stream_, static_cast<std::uint64_t>(first_query_), fresh);
      attend_from(fresh);
    } else {
      attend_from(tokens_.middleRows(first_query_, block_queries_));
    }
  }

  void attend_from(const RowsView<float>& queries) {
    attention_ = std::make_unique<StreamingAttention<float>>(
        query_map_(queries), std::span<const float>(scales_), cache_.value_dimension(), compute_);
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
    const Index count = std::min(block_queries_, queries_of(point_) - first_query_);
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
    first_query_ += block_queries_;
    finished = first_query_ == queries_of(points_.size() - 1);
    for (std::size_t i = 0; finished && i < moments_.size(); ++i) {
      const Moments& limit = contents_.limits.moments[i % scales_.size()];
      const Moments measured = moments_[i].moments();
      values.push_back((measured.mean - limit.mean).norm());
      values.push_back((measured.covariance - limit.covariance).norm());
    }
  }

  const Plan::Contents& contents_;
  Compute compute_;
  TokenStream stream_;
  std::span<const std::int64_t> points_;  ///< the n of each
  Rows<float> tokens_;
  Stream fresh_stream_;
  KeyValueCache<float> cache_;
  LinearMap query_map_;
  std::vector<float> scales_;
  std::vector<MomentAccumulator> moments_;  ///< [point][head]

  Index first_query_ = 0;
  Index block_queries_ = 0;
  Index next_key_ = 0;
  std::size_t point_ = 0;                                 ///< that is next to be read off
  std::unique_ptr<StreamingAttention<float>> attention_;  ///< of the block under way
};

std::unique_ptr<Execution::Steps> start(const Plan::Contents& contents, const Item& item, Compute compute) {
  return std::make_unique<MomentsSteps>(contents, item, compute);
}

Json limit(const Plan::Contents& contents, std::size_t curve) {
  const Moments& moments = contents.limits.moments[curve];
  const Head& head = contents.spec.attention.heads[curve];
  Json result = {{"mean", json_of(moments.mean)},
                 {"covariance", json_of(moments.covariance)},
                 {"one_sided_horizon", one_sided_horizon(contents.spec.law->covariance(), head.form.A)}};
  if (contents.spec.law->name() == "gaussian") {
    if (const auto clt = gaussian_moment_limit(contents.spec.law->covariance(), head.form)) {
      result["mean_asymptotic_covariance"] = json_of(clt->mean_asymptotic_covariance);
      result["self_weight"] = clt->self_weight;
    }
  }
  return result;
}

}  // namespace

const ExperimentType& moments_experiment() {
  static const ExperimentType type{.name = "moments",
                                   .metrics = {"mean", "covariance"},
                                   .read = read,
                                   .prepare = prepare,
                                   .work = work,
                                   .memory = memory,
                                   .start = start,
                                   .limit = limit};
  return type;
}

}  // namespace asymptoken
