#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "asymptoken/attention.hpp"
#include "experiment/experiment.hpp"
#include "experiment/radii.hpp"
#include "experiment/registry.hpp"
#include "experiment/token_stream.hpp"

// The attention map at fixed queries: |Gamma_n(x) - Gamma(x)| against n, beside its exact asymptotic constant. Tokens are
// streamed, so memory does not grow with n.

namespace asymptoken {

namespace {

constexpr double largest_radius = 1e6;

/// Where the map is looked at.
struct MapParameters {
  Rows<double> queries;       ///< given ones
  std::vector<double> radii;  ///< or how far out, in the direction that the head stretches most
};

MapParameters read_queries(Reader& reader, const Spec& spec) {
  const Index dimension = spec.law->dimension();
  if (reader.input("queries") != nullptr) {
    return {.queries = reader.rows("queries", dimension), .radii = {}};
  }
  MapParameters parameters;
  Reader queries = reader.object("queries");
  if (queries.has("points")) {
    parameters.queries = queries.rows("points", dimension);
  } else {
    parameters.radii = queries.number_sweep("radii", {0, largest_radius});
  }
  queries.finish();
  return parameters;
}

class MapMeasurement final : public Measurement {
 public:
  MapMeasurement(const Spec& spec, MapParameters parameters)
      : spec_(spec), parameters_(std::move(parameters)) {
    for (const Head& head : spec.attention.heads) {
      for (const Vector& query : queries_of(head)) {
        queries_.push_back(query);
      }
    }
    limits_.resize(queries_.size());
  }

  Result outline() const override {
    Result outline;
    outline.title = synthetic_title(spec_);
    outline.metrics = {
        {.id = "error", .label = {.title = "error", .symbol = "|Γₙ(x) − Γ(x)|", .remark = ""}}};
    outline.parameters = sweep_parameters(spec_);
    outline.parameters.push_back(has_radii()
                                     ? radius_parameter()
                                     : Parameter{.id = "query",
                                                 .label = {.title = "query", .symbol = "", .remark = ""},
                                                 .scale = Scale::linear});
    for (const Head& head : spec_.attention.heads) {
      for (std::size_t i = 0; i < queries_per_head(); ++i) {
        Curve& curve = outline.curves.emplace_back();
        curve.parameters = sweep_values(spec_, head);
        curve.parameters.emplace_back(has_radii() ? parameters_.radii[i] : static_cast<double>(i));
      }
    }
    if (parameters_.radii.size() > 1) {
      outline.trends.push_back(constants_trend("error"));
    }
    return outline;
  }

  std::size_t preparation_steps() const override { return limits_.size(); }
  void prepare(std::size_t step) override {
    limits_[step] = map_limit(*spec_.law, head_of(step).form, queries_[step]);
  }

  void predict(Result& outline) const override {
    for (std::size_t c = 0; c < limits_.size(); ++c) {
      std::vector<Prediction>& predictions = outline.curves[c].predictions;
      predictions.push_back({.id = "central_limit",
                             .metric = "error",
                             .quantity = Quantity::slope,
                             .title = "central limit",
                             .value = -0.5,
                             .status = Status::derived,
                             .formula = "-1/2"});
      if (spec_.law->has_independent_tokens()) {
        predictions.push_back({.id = "asymptotic_constant",
                               .metric = "error",
                               .quantity = Quantity::constant,
                               .title = "asymptotic constant",
                               .value = limits_[c].error_constant,
                               .exponent = -0.5,
                               .status = Status::derived,
                               .formula = "E|N(0, S(x))|"});
      }
    }
    for (Trend& trend : outline.trends) {
      const std::vector<double> radii = smooth_radii(*spec_.law, parameters_.radii);
      for (std::size_t first = 0; first < limits_.size(); first += queries_per_head()) {
        const Head& head = head_of(first);
        const Vector direction = widest_direction(*spec_.law, head.form.A);
        for (const Prediction& prediction : outline.curves[first].predictions) {
          if (prediction.quantity == Quantity::constant) {
            trend.lines.push_back(line_of(prediction, radii, [&](double radius) {
              return map_limit(*spec_.law, head.form, radius * direction).error_constant;
            }));
          }
        }
      }
    }
  }

  double work(const Item& item) const override {
    const auto n = static_cast<double>(points_of(spec_, item).back());
    return n * token_work_with_pairs();
  }

  double memory(std::int64_t n) const override {
    const auto width = static_cast<double>(2 * spec_.law->dimension() + spec_.attention.V.rows());
    return sizeof(float) * static_cast<double>(std::min<std::int64_t>(n, TokenStream::chunk)) * width;
  }

  std::unique_ptr<Execution> start(const Item& item, Compute compute) const override;

  Json limit(std::size_t curve) const override {
    const MapLimit& map = limits_[curve];
    Json result = {{"log_mgf", number_or_null(map.log_mgf)}, {"gamma", json_of(map.gamma)}};
    if (spec_.law->has_independent_tokens()) {
      result["variance_inflation"] = number_or_null(map.variance_inflation);
      result["asymptotic_covariance"] = json_of(map.asymptotic_covariance);
      result["bias_times_n"] = json_of(map.bias_times_n);
      result["error_constant"] = number_or_null(map.error_constant);
    }
    return result;
  }

  const Spec& spec() const { return spec_; }
  const std::vector<MapLimit>& limits() const { return limits_; }
  /// Multiply-adds of making one token and attending to it from every query.
  double token_work_with_pairs() const {
    return sampling_work(spec_) + static_cast<double>(queries_per_head()) * pair_work(spec_);
  }
  /// A x of every curve.
  Rows<float> projected_queries() const {
    Rows<float> projected(std::ssize(queries_), spec_.law->dimension());
    for (std::size_t c = 0; c < queries_.size(); ++c) {
      projected.row(static_cast<Index>(c)) = (head_of(c).form.A * queries_[c]).cast<float>();
    }
    return projected;
  }

 private:
  bool has_radii() const { return parameters_.queries.rows() == 0; }
  std::size_t queries_per_head() const {
    return has_radii() ? parameters_.radii.size() : static_cast<std::size_t>(parameters_.queries.rows());
  }
  const Head& head_of(std::size_t curve) const { return spec_.attention.heads[curve / queries_per_head()]; }

  std::vector<Vector> queries_of(const Head& head) const {
    std::vector<Vector> queries;
    for (Index i = 0; i < parameters_.queries.rows(); ++i) {
      queries.emplace_back(parameters_.queries.row(i).transpose());
    }
    if (has_radii()) {
      const Vector direction = widest_direction(*spec_.law, head.form.A);
      for (const double radius : parameters_.radii) {
        queries.emplace_back(radius * direction);
      }
    }
    return queries;
  }

  const Spec& spec_;
  MapParameters parameters_;
  std::vector<Vector> queries_;   ///< of every curve: all queries of the first head, then of the next
  std::vector<MapLimit> limits_;  ///< of every curve
};

class MapReplicate final : public Execution {
 public:
  MapReplicate(const MapMeasurement& measurement, const Item& item, Compute compute)
      : Execution(measurement.work(item)),
        measurement_(measurement),
        stream_(measurement.spec(), item, compute),
        points_(points_of(measurement.spec(), item)),
        cache_(measurement.spec().law->dimension(), measurement.spec().attention.V.rows()),
        attention_(measurement.projected_queries(), 1.0F, cache_.value_dimension(), compute) {}

 private:
  double step(double /*work*/) override {
    const std::int64_t n = points_[point_];
    const auto count = static_cast<Index>(std::min<std::int64_t>(TokenStream::chunk, n - seen_));
    tokens_.resize(count, cache_.key_dimension());
    stream_.sample(seen_, tokens_);
    cache_.clear();
    cache_.append(tokens_, stream_.values(tokens_));
    attention_.accumulate(cache_, 0, count);
    seen_ += count;
    if (seen_ == n) {
      read_off();
    }
    return static_cast<double>(count) * measurement_.token_work_with_pairs();
  }

  /// The error at the n tokens seen so far.
  void read_off() {
    const Rows<float> output = attention_.result().output;
    for (Index curve = 0; curve < output.rows(); ++curve) {
      const Vector& gamma = measurement_.limits()[static_cast<std::size_t>(curve)].gamma;
      errors_.push_back((output.row(curve).transpose().cast<double>() - gamma).norm());
    }
    if (++point_ == points_.size()) {
      finish(std::move(errors_));
    }
  }

  const MapMeasurement& measurement_;
  TokenStream stream_;
  std::span<const std::int64_t> points_;  ///< the n of each
  std::size_t point_ = 0;                 ///< that is next to be read off
  std::int64_t seen_ = 0;
  Rows<float> tokens_;
  KeyValueCache<float> cache_;
  StreamingAttention<float> attention_;
  std::vector<double> errors_;
};

std::unique_ptr<Execution> MapMeasurement::start(const Item& item, Compute compute) const {
  return std::make_unique<MapReplicate>(*this, item, compute);
}

std::shared_ptr<const Experiment> read(Reader& reader, Spec& spec) {
  read_synthetic(reader, spec);
  return std::make_shared<ExperimentWith<MapMeasurement, MapParameters>>(read_queries(reader, spec));
}

}  // namespace

const ExperimentType& map_experiment() {
  static const ExperimentType type{
      .name = "map",
      .builtin_specs = {{.name = "map",
                         .summary = "how fast the attention map converges at queries of growing norm",
                         .json = R"({"schema": 1, "experiment": "map", "seed": 42,
 "law": {"type": "gaussian", "dimension": 3, "covariance": 1},
 "attention": {"matrix": 1}, "queries": {"radii": [0.5, 1, 1.5, 2]},
 "tokens": {"from": 100, "to": 100000, "count": 10}, "replicates": 200})"},
                        {.name = "plane",
                         .summary = "one query among clusters of the plane",
                         .json = R"({"schema": 1, "experiment": "map", "seed": 42,
 "law": {"type": "gaussian_mixture", "dimension": 2, "components": [
  {"weight": 2, "mean": [-1.2, -0.6], "covariance": 0.12},
  {"weight": 1, "mean": [1.4, -0.2], "covariance": 0.08},
  {"weight": 1, "mean": [0.2, 1.4], "covariance": 0.12}]},
 "attention": {"matrix": 1}, "queries": {"points": [[1.6, 0.8]]},
 "tokens": {"from": 10, "to": 1000, "count": 8}, "replicates": 200})"}},
      .read = read};
  return type;
}

}  // namespace asymptoken
