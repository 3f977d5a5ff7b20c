#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "experiment/token_stream.hpp"
#include "experiment/type.hpp"
#include "experiment/window/random_keys.hpp"
#include "experiment/window/softmax_sum.hpp"

// Attention in a sequence of N tokens when each sees n of them: those around it and a few at random, or i.i.d. draws from
// the sequence; against what it gives when each sees all N, and against infinitely many tokens.

namespace asymptoken {

namespace {

constexpr Index queries_per_block = 32;  // few, as what their windows do not share is summed key by key
constexpr Index keys_per_step = 1024;

void read(Reader& reader, Spec& spec) {
  spec.context = reader.integer("context", std::nullopt, 1, 1'000'000'000);
  // A query always sees itself.
  spec.random_keys = reader.integer("random", 0, 0, spec.context - 1);
  spec.nested = true;
}

void check_tokens(const Spec& spec) {
  for (const std::int64_t n : spec.tokens) {
    if (n > spec.context || n <= spec.random_keys) {
      throw Error("tokens", std::to_string(n),
                  "from " + std::to_string(spec.random_keys + 1) + ", a query and `random` keys, to " +
                      std::to_string(spec.context) + ", the context");
    }
  }
}

/// What a fixed sequence makes certain of i.i.d. draws from it; of windows nothing is known that always holds.
std::vector<Prediction> iid_predictions(const Head& head) {
  std::vector<Prediction> predicted;
  for (const char* metric : {"mean", "covariance"}) {
    predicted.push_back({.metric = metric,
                         .quantity = "slope",
                         .name = "guaranteed rate",
                         .value = -guaranteed_rate(head.horizon),
                         .status = Status::paper,
                         .formula = "-1/(2(1+H^2))"});
    predicted.push_back({.metric = metric,
                         .quantity = "slope",
                         .name = "resampling rate",
                         .value = -0.5,
                         .status = Status::derived,
                         .formula = "-1/2"});
  }
  predicted.push_back({.metric = "mean_squared_error",
                       .quantity = "slope",
                       .name = "resampling rate",
                       .value = -1,
                       .status = Status::derived,
                       .formula = "-1"});
  return predicted;
}

std::vector<std::string> metrics(const Spec& /*spec*/) {
  return {"mean", "covariance", "mean_squared_error", "mean_from_limit", "covariance_from_limit"};
}

void prepare(Plan::Contents& contents) {
  check_tokens(contents.spec);
  for (const Head& head : contents.spec.attention.heads) {
    const Moments limit = transformed_moments(*contents.spec.law, head.form);
    for (const bool is_window : {true, false}) {
      Curve curve = empty_curve(contents.spec, head, contents.skeleton.metrics.size());
      curve.parameters.emplace_back("window", is_window ? 1.0 : 0.0);
      if (!is_window) {
        curve.predicted = iid_predictions(head);
      }
      contents.skeleton.curves.push_back(std::move(curve));
      contents.limits.moments.push_back(limit);
    }
  }
}

/// The n that one stream feeds, of which n is the largest.
std::span<const std::int64_t> points_up_to(const Spec& spec, double n) {
  const auto last = std::ranges::find(spec.tokens, static_cast<std::int64_t>(n)) - spec.tokens.begin();
  const std::span<const std::int64_t> all(spec.tokens);
  return spec.nested ? all.first(static_cast<std::size_t>(last) + 1)
                     : all.subspan(static_cast<std::size_t>(last), 1);
}

double work(const Spec& spec, double n) {
  const auto context = static_cast<double>(spec.context);
  // Key by key a pair takes some ten times as long as in the kernel.
  const double single = 10 * static_cast<double>(points_up_to(spec, n).size()) *
                        static_cast<double>(spec.random_keys + queries_per_block);
  return context * sampling_work(spec) + context * (context + 2 * n + single) * pair_work(spec);
}

double memory(const Spec& spec, double n) {
  const auto d = static_cast<double>(spec.law->dimension());
  const auto value_dimension = static_cast<double>(spec.attention.V.rows());
  const auto context = static_cast<double>(spec.context);
  const auto measured = static_cast<double>(spec.attention.heads.size() * (2 * spec.tokens.size() + 1));
  return sizeof(float) * (context * (2 * d + 2 * value_dimension) + n * (2 * d + 2 * value_dimension)) +
         context + sizeof(double) * measured * value_dimension * value_dimension;
}

struct Range {
  Index first;
  Index last;  ///< one past the end
};

/// One replicate. All heads share tokens, draws and the products <A0 x, y>; as the windows of a query contain each other, every
/// key is attended to once, and the points read off what there is at their n.
class WindowSteps final : public Execution::Steps {
 public:
  WindowSteps(const Plan::Contents& contents, const Item& item, Compute compute)
      : spec_(contents.spec),
        limits_(contents.limits.moments),
        compute_(compute),
        stream_(spec_, item, compute),
        points_(std::span(spec_.tokens).subspan(item.first_point, item.points)),
        tokens_(static_cast<Index>(spec_.context), spec_.law->dimension()),
        values_(static_cast<Index>(spec_.context), spec_.attention.V.rows()),
        context_(spec_.law->dimension(), spec_.attention.V.rows()),
        draws_(spec_.law->dimension(), spec_.attention.V.rows()),
        query_map_(projection(spec_.attention.base, compute)),
        draw_stream_(stream_of(item, StreamPurpose::draws)),
        random_keys_(stream_of(item, StreamPurpose::random_keys), tokens_.rows(),
                     static_cast<Index>(spec_.random_keys) + 1) {
    context_.reserve(tokens_.rows());
    draws_.reserve(static_cast<Index>(points_.back()));
    for (const Head& head : spec_.attention.heads) {
      scales_.push_back(static_cast<float>(head.multiplier));
      full_moments_.emplace_back(limits_[2 * full_moments_.size()].mean);
    }
    for (std::size_t i = 0; i < points_.size() * limits_.size(); ++i) {
      moments_.emplace_back(limits_[i % limits_.size()].mean);
    }
    squared_errors_.resize(moments_.size(), 0.0);
  }

  /// One step of fixed size whatever `work` is: where an item pauses moves no bits.
  double advance(double /*work*/) override {
    if (context_.size() < tokens_.rows()) {
      return add_tokens();
    }
    if (draws_.size() < points_.back()) {
      return add_draws();
    }
    if (!attention_) {
      start_block();
    }
    switch (stage_) {
      case Stage::full:
        return attend_to_all();
      case Stage::iid:
        return attend_to_draws();
      default:
        return attend_to_windows();
    }
  }

 private:
  enum class Stage { full, iid, window };

  Stream stream_of(const Item& item, StreamPurpose purpose) const {
    return Stream::of(spec_.seed, purpose, static_cast<std::uint32_t>(item.replicate),
                      static_cast<std::uint32_t>(item.first_point));
  }

  double add_tokens() {
    const Index first = context_.size();
    const Index count = std::min<Index>(TokenStream::chunk, tokens_.rows() - first);
    stream_.sample(first, tokens_.middleRows(first, count));
    values_.middleRows(first, count) = stream_.values(tokens_.middleRows(first, count));
    context_.append(tokens_.middleRows(first, count), values_.middleRows(first, count));
    return static_cast<double>(count) * sampling_work(spec_);
  }

  /// i.i.d. draws from the context: the first n of them are what every query sees at n.
  double add_draws() {
    const Index first = draws_.size();
    const Index count = std::min<Index>(TokenStream::chunk, static_cast<Index>(points_.back()) - first);
    Rows<float> keys(count, tokens_.cols());
    Rows<float> values(count, values_.cols());
    std::vector<std::uint32_t> words(static_cast<std::size_t>(count));
    random_words(draw_stream_, static_cast<std::uint64_t>(first), words);
    for (Index i = 0; i < count; ++i) {
      const Index drawn = uniform_index(words[static_cast<std::size_t>(i)], tokens_.rows());
      keys.row(i) = tokens_.row(drawn);
      values.row(i) = values_.row(drawn);
    }
    draws_.append(keys, values);
    return static_cast<double>(count);
  }

  void start_block() {
    block_queries_ = std::min(queries_per_block, tokens_.rows() - first_query_);
    queries_ = query_map_(tokens_.middleRows(first_query_, block_queries_));
    full_.clear();
    start_stage(Stage::full);
  }

  void start_stage(Stage stage) {
    stage_ = stage;
    attention_ = std::make_unique<StreamingAttention<float>>(queries_, std::span<const float>(scales_),
                                                             values_.cols(), compute_);
    seen_ = {0, 0};
    point_ = 0;
  }

  double attend(const KeyValueCache<float>& keys, Index first, Index last) {
    attention_->accumulate(keys, first, last);
    return static_cast<double>((last - first) * block_queries_) * pair_work(spec_);
  }

  double attend_up_to(const KeyValueCache<float>& keys, Index last) {
    const Index first = seen_.last;
    seen_.last = std::min(last, (first / keys_per_step + 1) * keys_per_step);
    return attend(keys, first, seen_.last);
  }

  double attend_to_all() {
    const double done = attend_up_to(context_, tokens_.rows());
    if (seen_.last == tokens_.rows()) {
      for (std::size_t head = 0; head < scales_.size(); ++head) {
        full_.emplace_back(attention_->result(head).output.cast<double>());
        full_moments_[head].add(RowsView<double>(full_.back()));
      }
      start_stage(Stage::iid);
    }
    return done;
  }

  double attend_to_draws() {
    const auto n = static_cast<Index>(points_[point_]);
    const double done = attend_up_to(draws_, n);
    if (seen_.last == n) {
      for (std::size_t head = 0; head < scales_.size(); ++head) {
        measure(head, false, attention_->result(head).output.cast<double>());
      }
      if (++point_ == points_.size()) {
        start_stage(Stage::window);
      }
    }
    return done;
  }

  /// The 2w+1 tokens around a query, w = floor((n - 1 - random) / 2), moved inwards at the ends of the sequence.
  Range window(Index query) const {
    const auto half_width = static_cast<Index>((points_[point_] - 1 - spec_.random_keys) / 2);
    const Index first = std::clamp<Index>(query - half_width, 0, tokens_.rows() - 2 * half_width - 1);
    return {first, first + 2 * half_width + 1};
  }

  /// First what all windows of the block share, from the inside out, then the rest.
  double attend_to_windows() {
    const Range shared{window(first_query_ + block_queries_ - 1).first, window(first_query_).last};
    if (shared.first < shared.last) {
      if (seen_.first == seen_.last) {
        seen_ = {shared.first, shared.first};
      }
      if (shared.first < seen_.first) {
        const Index last = seen_.first;
        seen_.first = std::max(shared.first, last - keys_per_step);
        return attend(context_, seen_.first, last);
      }
      if (seen_.last < shared.last) {
        const Index first = seen_.last;
        seen_.last = std::min(shared.last, first + keys_per_step);
        return attend(context_, first, seen_.last);
      }
    }
    return add_unshared_keys();
  }

  /// In float64, one by one: what a window has beyond the shared keys, and its random keys.
  double add_unshared_keys() {
    std::vector<AttentionOutput<float>> shared;
    std::vector<Rows<double>> outputs(scales_.size(), Rows<double>(block_queries_, values_.cols()));
    for (std::size_t head = 0; seen_.first < seen_.last && head < scales_.size(); ++head) {
      shared.push_back(attention_->result(head));
    }
    std::vector<Index> keys;
    double pairs = 0;
    for (Index row = 0; row < block_queries_; ++row) {
      collect_unshared_keys(first_query_ + row, keys);
      pairs += static_cast<double>(keys.size());
      products_.resize(keys.size());
      for (std::size_t k = 0; k < keys.size(); ++k) {
        products_[k] = product(queries_.row(row), tokens_.row(keys[k]));
      }
      for (std::size_t head = 0; head < scales_.size(); ++head) {
        SoftmaxSum sum(values_.cols());
        if (!shared.empty()) {
          sum.add(shared[head].log_sum_exp[row], shared[head].output.row(row));
        }
        for (std::size_t k = 0; k < keys.size(); ++k) {
          sum.add(static_cast<double>(scales_[head]) * products_[k], values_.row(keys[k]));
        }
        outputs[head].row(row) = sum.average();
      }
    }
    for (std::size_t head = 0; head < scales_.size(); ++head) {
      measure(head, true, outputs[head]);
    }
    if (++point_ == points_.size()) {
      finish_block();
    }
    return 10 * pairs * pair_work(spec_);
  }

  void collect_unshared_keys(Index query, std::vector<Index>& keys) {
    const Range all = window(query);
    keys.clear();
    for (Index key = all.first; key < all.last; ++key) {
      if (key == seen_.first) {
        key = seen_.last;
      }
      if (key < all.last) {
        keys.push_back(key);
      }
    }
    const Index random = static_cast<Index>(points_[point_]) - (all.last - all.first);
    random_keys_.append(query, all.first, all.last, random, keys);
  }

  static double product(const RowsView<float>& query, const RowsView<float>& key) {
    double sum = 0;
    for (Index k = 0; k < query.cols(); ++k) {
      sum += static_cast<double>(query(0, k)) * static_cast<double>(key(0, k));
    }
    return sum;
  }

  std::size_t curve_of(std::size_t head, bool is_window) const { return 2 * head + (is_window ? 0 : 1); }

  void measure(std::size_t head, bool is_window, const Rows<double>& outputs) {
    const std::size_t place = point_ * limits_.size() + curve_of(head, is_window);
    moments_[place].add(RowsView<double>(outputs));
    squared_errors_[place] += (outputs - full_[head]).squaredNorm();
  }

  void finish_block() {
    attention_.reset();
    first_query_ += block_queries_;
    finished = first_query_ == tokens_.rows();
    if (finished) {
      read_off();
    }
  }

  void read_off() {
    for (std::size_t i = 0; i < moments_.size(); ++i) {
      const std::size_t curve = i % limits_.size();
      const Moments measured = moments_[i].moments();
      const Moments full = full_moments_[curve / 2].moments();
      const Moments& limit = limits_[curve];
      values.push_back((measured.mean - full.mean).norm());
      values.push_back((measured.covariance - full.covariance).norm());
      values.push_back(squared_errors_[i] / static_cast<double>(values_.size()));
      values.push_back((measured.mean - limit.mean).norm());
      values.push_back((measured.covariance - limit.covariance).norm());
    }
  }

  const Spec& spec_;
  const std::vector<Moments>& limits_;  ///< one a curve
  Compute compute_;
  TokenStream stream_;
  std::span<const std::int64_t> points_;  ///< the n of each
  Rows<float> tokens_;
  Rows<float> values_;
  KeyValueCache<float> context_;
  KeyValueCache<float> draws_;
  LinearMap query_map_;
  Stream draw_stream_;
  RandomKeys random_keys_;
  std::vector<float> scales_;
  std::vector<MomentAccumulator> full_moments_;  ///< [head]
  std::vector<MomentAccumulator> moments_;       ///< [point][curve]
  std::vector<double> squared_errors_;           ///< [point][curve], sums over tokens and coordinates

  Index first_query_ = 0;
  Index block_queries_ = 0;
  Rows<float> queries_;             ///< A0 x of the block
  std::vector<Rows<double>> full_;  ///< [head], outputs of the block over the whole context
  Stage stage_ = Stage::full;
  Range seen_{0, 0};  ///< keys that `attention_` has attended to
  std::size_t point_ = 0;
  std::unique_ptr<StreamingAttention<float>> attention_;
  std::vector<double> products_;
};

std::unique_ptr<Execution::Steps> start(const Plan::Contents& contents, const Item& item, Compute compute) {
  return std::make_unique<WindowSteps>(contents, item, compute);
}

Json limit(const Plan::Contents& contents, std::size_t curve) {
  const Moments& moments = contents.limits.moments[curve];
  return {{"mean", json_of(moments.mean)}, {"covariance", json_of(moments.covariance)}};
}

}  // namespace

const ExperimentType& window_experiment() {
  static const ExperimentType type{.name = "window",
                                   .metrics = metrics,
                                   .read = read,
                                   .prepare = prepare,
                                   .work = work,
                                   .memory = memory,
                                   .start = start,
                                   .limit = limit};
  return type;
}

}  // namespace asymptoken
