#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "experiment/experiment.hpp"
#include "experiment/moment_limits.hpp"
#include "experiment/registry.hpp"
#include "experiment/token_stream.hpp"
#include "experiment/window/random_keys.hpp"
#include "experiment/window/softmax_sum.hpp"

// Attention in a sequence of N tokens when each sees n of them: those around it and a few at random, or i.i.d. draws from
// the sequence; against what it gives when each sees all N, and against infinitely many tokens.

namespace asymptoken {

namespace {

constexpr Index windows_per_block = 32;  // few, as what they do not share is summed key by key

struct WindowParameters {
  std::int64_t context;      ///< how many tokens the sequence has
  std::int64_t random_keys;  ///< how many tokens outside its window a query sees

  void check_tokens(const Spec& spec) const {
    for (const std::int64_t n : spec.tokens) {
      if (n > context || n <= random_keys) {
        throw Error("tokens", std::to_string(n),
                    "from " + std::to_string(random_keys + 1) + ", a query and `random` keys, to " +
                        std::to_string(context) + ", the context");
      }
    }
  }
};

/// Which tokens a query sees: two curves for each head.
constexpr std::string_view key_choices[] = {"window", "independent draws"};

class WindowMeasurement final : public Measurement {
 public:
  WindowMeasurement(const Spec& spec, const WindowParameters& parameters)
      : spec_(spec), parameters_(parameters), limits_(spec) {}

  Result outline() const override {
    Result outline;
    outline.title = synthetic_title(spec_) + ", context of " + std::to_string(parameters_.context) + ", " +
                    std::to_string(parameters_.random_keys) + " random keys";
    const auto add = [&](std::string id, std::string title, std::string remark) {
      outline.metrics.push_back(
          {.id = std::move(id),
           .label = {.title = std::move(title), .symbol = "", .remark = std::move(remark)}});
    };
    add("mean", "error of the mean", "from attention to the whole context, 2-norm");
    add("covariance", "error of the covariance", "from attention to the whole context, Frobenius norm");
    add("mean_squared_error", "mean squared error", "over tokens and coordinates");
    add("mean_from_limit", "error of the mean from the limit", "2-norm");
    add("covariance_from_limit", "error of the covariance from the limit", "Frobenius norm");
    outline.parameters = sweep_parameters(spec_);
    outline.parameters.push_back({.id = "keys", .label = {.title = "keys", .symbol = "", .remark = ""}});
    for (const Head& head : spec_.attention.heads) {
      for (const std::string_view keys : key_choices) {
        Curve& curve = outline.curves.emplace_back();
        curve.parameters = sweep_values(spec_, head);
        curve.parameters.emplace_back(std::string(keys));
      }
    }
    return outline;
  }

  std::size_t preparation_steps() const override { return limits_.preparation_steps(); }
  void prepare(std::size_t step) override { limits_.prepare(step); }
  std::vector<std::vector<double>> preliminaries() const override { return {limits_.works()}; }
  std::size_t preliminary_value_count(std::size_t /*stage*/, std::size_t /*item*/) const override {
    return limits_.value_count();
  }
  std::unique_ptr<Execution> start_preliminary(std::size_t /*stage*/, std::size_t item,
                                               Compute compute) const override {
    return limits_.start(item, compute);
  }
  void conclude(std::size_t /*stage*/, std::span<const std::vector<double>> values) override {
    limits_.conclude(values);
  }

  /// What a fixed sequence makes certain of i.i.d. draws from it; of windows nothing is known that always holds.
  void predict(Result& outline) const override {
    for (std::size_t head = 0; head < spec_.attention.heads.size(); ++head) {
      std::vector<Prediction>& predicted = outline.curves[2 * head + 1].predictions;
      for (const char* metric : {"mean", "covariance"}) {
        predicted.push_back({.id = "reference_rate",
                             .metric = metric,
                             .quantity = Quantity::slope,
                             .title = "reference rate",
                             .value = -reference_rate(spec_.attention.heads[head].horizon),
                             .status = Status::heuristic,  // its tokens are those of a law
                             .formula = "-1/(2(1+H^2)), of independent tokens"});
        predicted.push_back(resampling_rate(metric, -0.5, "-1/2"));
      }
      predicted.push_back(resampling_rate("mean_squared_error", -1, "-1"));
    }
  }

  double work(const Item& item) const override {
    const auto context = static_cast<double>(parameters_.context);
    const auto points = points_of(spec_, item);
    // Key by key a pair takes some ten times as long as in the kernel.
    const double single = 10 * static_cast<double>(points.size()) *
                          static_cast<double>(parameters_.random_keys + windows_per_block);
    return context * sampling_work(spec_) +
           context * (context + 2 * static_cast<double>(points.back()) + single) * pair_work(spec_);
  }

  double memory(std::int64_t n) const override {
    const auto d = static_cast<double>(spec_.law->dimension());
    const auto value_dimension = static_cast<double>(spec_.attention.V.rows());
    const auto context = static_cast<double>(parameters_.context);
    const auto measured = static_cast<double>(spec_.attention.heads.size() * (2 * spec_.tokens.size() + 1));
    return sizeof(float) * (context + static_cast<double>(n)) * (2 * d + 2 * value_dimension) + context +
           sizeof(double) * measured * value_dimension * value_dimension;
  }

  std::unique_ptr<Execution> start(const Item& item, Compute compute) const override;

  Json limit(std::size_t curve) const override {
    const Moments& moments = limits_.moments()[curve / 2];
    return {{"mean", json_of(moments.mean)}, {"covariance", json_of(moments.covariance)}};
  }

  const Spec& spec() const { return spec_; }
  const WindowParameters& parameters() const { return parameters_; }
  /// Of the head of a curve.
  const Moments& limit_of(std::size_t curve) const { return limits_.moments()[curve / 2]; }

 private:
  static Prediction resampling_rate(const char* metric, double value, const char* formula) {
    return {.id = "resampling_rate",
            .metric = metric,
            .quantity = Quantity::slope,
            .title = "resampling rate",
            .value = value,
            .status = Status::derived,
            .formula = formula};
  }

  const Spec& spec_;
  WindowParameters parameters_;
  MomentLimits limits_;
};

struct KeyRange {
  Index first;
  Index last;  ///< one past the end
};

/// One replicate. All heads share tokens, draws and the products <A0 x, y>; as the windows of a query contain each other, every
/// key is attended to once, and the points read off what there is at their n.
class WindowReplicate final : public Execution {
 public:
  WindowReplicate(const WindowMeasurement& measurement, const Item& item, Compute compute)
      : Execution(measurement.work(item)),
        measurement_(measurement),
        spec_(measurement.spec()),
        compute_(compute),
        stream_(spec_, item, compute),
        points_(points_of(spec_, item)),
        tokens_(static_cast<Index>(measurement.parameters().context), spec_.law->dimension()),
        values_(tokens_.rows(), spec_.attention.V.rows()),
        context_(spec_.law->dimension(), spec_.attention.V.rows()),
        draws_(spec_.law->dimension(), spec_.attention.V.rows()),
        query_map_(projection(spec_.attention.base, compute)),
        draw_stream_(stream_of(spec_, item, StreamPurpose::draws)),
        random_keys_(stream_of(spec_, item, StreamPurpose::random_keys), tokens_.rows(),
                     static_cast<Index>(measurement.parameters().random_keys) + 1, compute.target) {
    context_.reserve(tokens_.rows());
    draws_.reserve(static_cast<Index>(points_.back()));
    for (const Head& head : spec_.attention.heads) {
      scales_.push_back(static_cast<float>(head.multiplier));
      full_moments_.emplace_back(measurement.limit_of(2 * full_moments_.size()).mean);
    }
    for (std::size_t i = 0; i < points_.size() * curves(); ++i) {
      moments_.emplace_back(measurement.limit_of(i % curves()).mean);
    }
    squared_errors_.resize(moments_.size(), 0.0);
  }

 private:
  enum class Stage { full, iid, window };

  std::size_t curves() const { return 2 * scales_.size(); }

  /// One step of fixed size whatever `work` is: where an item pauses moves no bits.
  double step(double /*work*/) override {
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
    random_words(draw_stream_, static_cast<std::uint64_t>(first), words, compute_.target);
    for (Index i = 0; i < count; ++i) {
      const Index drawn = uniform_index(words[static_cast<std::size_t>(i)], tokens_.rows());
      keys.row(i) = tokens_.row(drawn);
      values.row(i) = values_.row(drawn);
    }
    draws_.append(keys, values);
    return static_cast<double>(count);
  }

  void start_block() {
    block_queries_ = std::min(windows_per_block, tokens_.rows() - first_query_);
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
  KeyRange window(Index query) const {
    const auto half_width =
        static_cast<Index>((points_[point_] - 1 - measurement_.parameters().random_keys) / 2);
    const Index first = std::clamp<Index>(query - half_width, 0, tokens_.rows() - 2 * half_width - 1);
    return {first, first + 2 * half_width + 1};
  }

  /// First what all windows of the block share, from the inside out, then the rest.
  double attend_to_windows() {
    const KeyRange shared{window(first_query_ + block_queries_ - 1).first, window(first_query_).last};
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
    const KeyRange all = window(query);
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
    const std::size_t place = point_ * curves() + curve_of(head, is_window);
    moments_[place].add(RowsView<double>(outputs));
    squared_errors_[place] += (outputs - full_[head]).squaredNorm();
  }

  void finish_block() {
    attention_.reset();
    first_query_ += block_queries_;
    if (first_query_ == tokens_.rows()) {
      read_off();
    }
  }

  void read_off() {
    std::vector<double> found;
    for (std::size_t i = 0; i < moments_.size(); ++i) {
      const std::size_t curve = i % curves();
      const Moments measured = moments_[i].moments();
      const Moments full = full_moments_[curve / 2].moments();
      const Moments& limit = measurement_.limit_of(curve);
      found.push_back((measured.mean - full.mean).norm());
      found.push_back((measured.covariance - full.covariance).norm());
      found.push_back(squared_errors_[i] / static_cast<double>(values_.size()));
      found.push_back((measured.mean - limit.mean).norm());
      found.push_back((measured.covariance - limit.covariance).norm());
    }
    finish(std::move(found));
  }

  const WindowMeasurement& measurement_;
  const Spec& spec_;
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
  KeyRange seen_{0, 0};  ///< keys that `attention_` has attended to
  std::size_t point_ = 0;
  std::unique_ptr<StreamingAttention<float>> attention_;
  std::vector<double> products_;
};

std::unique_ptr<Execution> WindowMeasurement::start(const Item& item, Compute compute) const {
  return std::make_unique<WindowReplicate>(*this, item, compute);
}

std::shared_ptr<const Experiment> read(Reader& reader, Spec& spec) {
  read_synthetic(reader, spec);
  WindowParameters parameters{.context = reader.integer("context", std::nullopt, 1, 1'000'000'000),
                              .random_keys = 0};
  // A query always sees itself.
  parameters.random_keys = reader.integer("random", 0, 0, parameters.context - 1);
  spec.nested = true;
  return std::make_shared<ExperimentWith<WindowMeasurement, WindowParameters>>(parameters);
}

}  // namespace

const ExperimentType& window_experiment() {
  static const ExperimentType type{
      .name = "window",
      .builtin_specs =
          {{.name = "window",
            .summary = "tokens of a sequence that see those around them and a few at random, or i.i.d. draws",
            .json = R"({"schema": 1, "experiment": "window", "seed": 42,
 "law": {"type": "autoregressive", "dimension": 16, "covariance": 1, "correlation": 0.95},
 "attention": {"weights": "random", "seed": 7, "horizons": [1]}, "context": 1024, "random": 16,
 "tokens": {"from": 49, "to": 769, "count": 8}, "replicates": 100})"},
           {.name = "paper-window",
            .summary = "windows of the published setting; correlated Gaussian tokens of one head stand in "
                       "for its text",
            .json = R"({"schema": 1, "experiment": "window", "seed": 42,
 "law": {"type": "autoregressive", "dimension": 64, "covariance": 1, "correlation": 0.95},
 "attention": {"weights": "random", "seed": 7, "horizons": [1]}, "context": 4096, "random": 50,
 "tokens": {"from": 1051, "to": 3051, "count": 12}, "replicates": 500})"},
           {.name = "windows",
            .summary = "windows and a few random keys beside independent draws, within seconds",
            .json = R"({"schema": 1, "experiment": "window", "seed": 42,
 "law": {"type": "autoregressive", "dimension": 8, "covariance": 1, "correlation": 0.95},
 "attention": {"weights": "random", "seed": 7, "horizons": [1]}, "context": 512, "random": 8,
 "tokens": {"from": 25, "to": 385, "count": 6}, "replicates": 40})"}},
      .read = read};
  return type;
}

}  // namespace asymptoken
