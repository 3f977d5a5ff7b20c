#include "experiment/hardmax/hardmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "experiment/hardmax/running_hardmax.hpp"
#include "experiment/radii.hpp"
#include "experiment/registry.hpp"
#include "experiment/token_stream.hpp"
#include "special/portable.hpp"

// One query at many temperatures, down to hardmax attention at 0, against n. Tokens are streamed; all temperatures see the
// same ones. With z_j = (<A x, y_j> - mean) / height, a token's place on the way to the largest logit:
//
//   error                |Gamma_n(x) - Gamma(x)| at that temperature; at 0, from V y at the maximum over the support
//   distance_to_hardmax  from the output of hardmax attention on the same tokens
//   participation        sum_j p_j^2, the reciprocal of the effective number of tokens
//   gap                  1 - sum_j p_j z_j, in units of what n tokens can reach (HardmaxLogits::reach)
//
// What is averaged is 1 - z_j, which keeps its digits near the maximum.

namespace asymptoken {

namespace {

constexpr Range radii = {1e-6, 1e6};
constexpr Range temperatures = {1e-9, 1e9};

HardmaxLogits read_query(Reader& reader, const Spec& spec) {
  const Matrix& A = spec.attention.heads.front().form.A;
  Reader query = reader.object("query");
  const std::string_view key = query.has("point") ? "point" : "radius";
  const Vector x = key == "point"
                       ? query.vector("point", spec.law->dimension(), std::nullopt)
                       : Vector(query.number("radius", 1.0, radii) * widest_direction(*spec.law, A));
  query.finish();
  HardmaxLogits logits(*spec.law, A * x);
  if (!(logits.deviation > 0.0) || std::isinf(logits.deviation)) {
    query.reject(key, "a query x whose logits <A x, y> differ from token to token and are finite");
  }
  return logits;
}

void read_temperatures(Reader& reader, const Law& law, HardmaxParameters& parameters) {
  parameters.temperatures = reader.number_sweep("temperatures", {0.0, temperatures.most});
  for (const double temperature : parameters.temperatures) {
    if (temperature != 0.0 && temperature < temperatures.least) {
      reader.reject("temperatures", "0 (hardmax) or numbers from 1e-9 to 1e9");
    }
  }
  const std::string unit = reader.choice("temperature_unit", {"fixed", "critical", "logarithmic"});
  parameters.unit = unit == "fixed"      ? TemperatureUnit::fixed
                    : unit == "critical" ? TemperatureUnit::critical
                                         : TemperatureUnit::logarithmic;
  if (unit == "logarithmic" && !law.is_bounded()) {
    reader.reject("temperature_unit",
                  "fixed or critical, because " + std::string(law.name()) + " tokens have no largest logit");
  }
}

/// One temperature, one number for each n. Infinite lambda is hardmax itself.
struct CoolingCurve {
  std::vector<double> lambdas;  ///< inverse temperatures
  std::vector<Vector> gammas;   ///< what the error is measured from; empty where there is no such limit
};

class HardmaxMeasurement final : public Measurement {
 public:
  HardmaxMeasurement(const Spec& spec, const HardmaxParameters& parameters)
      : spec_(spec), parameters_(parameters), curves_(parameters.temperatures.size()) {}

  Result outline() const override {
    Result outline;
    outline.title = synthetic_title(spec_);
    outline.metrics = {
        {.id = "error", .label = {.title = "error", .symbol = "|Γₙ(x) − Γ(x)|", .remark = ""}},
        {.id = "distance_to_hardmax",
         .label = {.title = "distance to hardmax", .symbol = "", .remark = "on the same tokens"}},
        {.id = "participation",
         .label = {.title = "participation", .symbol = "Σ p²", .remark = ""},
         .reciprocal = Label{.title = "effective number of tokens", .symbol = "1 / Σ p²", .remark = ""}},
        {.id = "gap",
         .label = {.title = "gap below the largest logit", .symbol = "", .remark = "1 at the mean"}}};
    outline.parameters = sweep_parameters(spec_);
    outline.parameters.push_back(
        {.id = "temperature", .label = {.title = "temperature", .symbol = "T", .remark = unit_remark()}});
    for (const double temperature : parameters_.temperatures) {
      Curve& curve = outline.curves.emplace_back();
      curve.parameters = sweep_values(spec_, spec_.attention.heads.front());
      curve.parameters.emplace_back(temperature);
    }
    if (parameters_.temperatures.size() > 1) {
      outline.trends.push_back(
          {.id = "sharpness",
           .label = {.title = "effective number of tokens against sharpness",
                     .symbol = "",
                     .remark = "at the largest n"},
           .kind = TrendKind::value,
           .metrics = {"participation"},
           .parameter = "temperature",
           .x_label = {.title = "inverse temperature", .symbol = "λ", .remark = unit_remark()},
           .has_reciprocal_x = true});
    }
    return outline;
  }

  std::size_t preparation_steps() const override { return curves_.size(); }
  void prepare(std::size_t step) override {
    const Matrix& V = spec_.attention.V;
    const HardmaxLogits& logits = parameters_.logits;
    CoolingCurve& curve = curves_[step];
    for (const std::int64_t n : spec_.tokens) {
      const double lambda = parameters_.lambda(parameters_.temperatures[step], static_cast<double>(n));
      curve.lambdas.push_back(lambda);
      if (std::isfinite(lambda)) {
        curve.gammas.emplace_back(V * spec_.law->tilted_mean(lambda * logits.tilt));
      } else {
        curve.gammas.push_back(logits.maximum ? Vector(V * logits.maximum->maximiser) : Vector());
      }
    }
  }

  void predict(Result& outline) const override {
    for (std::size_t c = 0; c < curves_.size(); ++c) {
      outline.curves[c].predictions = hardmax_predictions(spec_, parameters_, parameters_.temperatures[c]);
    }
    const auto largest = static_cast<double>(spec_.tokens.back());
    for (Trend& trend : outline.trends) {
      // 1/sum p^2 = n / (rho n^0): where averaging has begun.
      std::optional<TrendLine> line;
      for (std::size_t c = curves_.size(); c-- > 0;) {
        for (const Prediction& prediction : outline.curves[c].predictions) {
          if (prediction.id == "inflation_constant") {
            line = line ? line : line_of(prediction, {}, [](double) { return 0.0; });
            line->points.emplace_back(1.0 / parameters_.temperatures[c], largest / prediction.value);
          }
        }
      }
      if (line) {
        trend.lines.push_back(*line);
      }
    }
  }

  double work(const Item& item) const override {
    return static_cast<double>(points_of(spec_, item).back()) * token_work_with_pairs();
  }

  double memory(std::int64_t n) const override {
    const auto width = static_cast<double>(2 * spec_.law->dimension() + 2 * spec_.attention.V.rows() + 4);
    return sizeof(float) * static_cast<double>(std::min<std::int64_t>(n, TokenStream::chunk)) * width;
  }

  std::unique_ptr<Execution> start(const Item& item, Compute compute) const override;

  Json limit(std::size_t curve) const override {
    const CoolingCurve& cooling = curves_[curve];
    const std::vector<double>& lambdas = cooling.lambdas;
    Json gammas = Json::array();
    for (const Vector& gamma : cooling.gammas) {
      gammas.push_back(gamma.size() == 0 ? Json(nullptr) : json_of(gamma));
    }
    return {{"tokens", spec_.tokens},
            {"lambda", json_of(Vector(Vector::Map(lambdas.data(), std::ssize(lambdas))))},
            {"gamma", std::move(gammas)}};
  }

  const Spec& spec() const { return spec_; }
  const HardmaxLogits& logits() const { return parameters_.logits; }
  const std::vector<CoolingCurve>& curves() const { return curves_; }
  bool is_fixed() const { return parameters_.unit == TemperatureUnit::fixed; }

  /// A softmax for each temperature above 0; where that moves with n, for each n that shares the stream.
  std::size_t softmaxes(std::size_t points) const {
    const auto above_zero = static_cast<std::size_t>(std::ranges::count_if(
        parameters_.temperatures, [](double temperature) { return temperature > 0.0; }));
    return above_zero * (is_fixed() ? 1 : points);
  }

  double token_work_with_pairs() const {
    const auto queries = static_cast<double>(softmaxes(spec_.nested ? spec_.tokens.size() : 1));
    const auto d = static_cast<double>(spec_.law->dimension());
    return sampling_work(spec_) + d + queries * (pair_work(spec_) + 1);
  }

 private:
  std::string unit_remark() const {
    switch (parameters_.unit) {
      case TemperatureUnit::critical:
        return "in units of the critical one, σ / √(2 ln n)";
      case TemperatureUnit::logarithmic:
        return "in units of the range of logits / ln n";
      case TemperatureUnit::fixed:
        break;
    }
    return "";
  }

  const Spec& spec_;
  HardmaxParameters parameters_;
  std::vector<CoolingCurve> curves_;
};

class HardmaxReplicate final : public Execution {
 public:
  HardmaxReplicate(const HardmaxMeasurement& measurement, const Item& item, Compute compute)
      : Execution(measurement.work(item)),
        measurement_(measurement),
        logits_(measurement.logits()),
        stream_(measurement.spec(), item, compute),
        first_point_(item.first_point),
        points_(points_of(measurement.spec(), item)),
        value_dimension_(measurement.spec().attention.V.rows()),
        cache_(measurement.spec().law->dimension(), value_dimension_ + 1),
        hardmax_(value_dimension_) {
    if (const Rows<float> queries = cooled_queries(); queries.rows() > 0) {
      attention_.emplace(queries, 1.0F, value_dimension_ + 1, compute, Spread::compute);
    }
  }

 private:
  double step(double /*work*/) override {
    const std::int64_t n = points_[point_];
    const auto count = static_cast<Index>(std::min<std::int64_t>(TokenStream::chunk, n - seen_));
    tokens_.resize(count, cache_.key_dimension());
    stream_.sample(seen_, tokens_);
    const Vector depths = depths_of_tokens();
    const Rows<float> values = stream_.values(tokens_);
    hardmax_.add(-depths, values);
    attend(values, depths);
    seen_ += count;
    if (seen_ == n) {
      read_off();
    }
    return static_cast<double>(count) * measurement_.token_work_with_pairs();
  }

  /// lambda A x of each softmax: temperature by temperature, and its points where they differ.
  Rows<float> cooled_queries() const {
    const bool is_fixed = measurement_.is_fixed();
    Rows<float> queries(static_cast<Index>(measurement_.softmaxes(points_.size())), logits_.tilt.size());
    Index row = 0;
    for (const CoolingCurve& curve : measurement_.curves()) {
      for (std::size_t k = 0; k < (is_fixed ? 1 : points_.size()); ++k) {
        if (const double lambda = curve.lambdas[first_point_ + k]; std::isfinite(lambda)) {
          queries.row(row++) = (lambda * logits_.tilt).cast<float>();
        }
      }
    }
    return queries;
  }

  /// 1 - z_j in float64, so that tokens near the maximum stay apart. On a sphere rounding to float32 makes many tokens that
  /// are near an axis end on it, yet leaves what they are across: their length is what it spoiled, so that is restored.
  Vector depths_of_tokens() const {
    const auto section = measurement_.spec().law->sphere_section();
    const bool is_sphere = section && section->dimension == tokens_.cols();
    const double* const tilt = logits_.tilt.data();
    Vector depths(tokens_.rows());
    for (Index j = 0; j < tokens_.rows(); ++j) {
      const float* const token = tokens_.row(j).data();
      double logit = 0.0;
      double square = 0.0;
      for (Index k = 0; k < tokens_.cols(); ++k) {
        const auto number = static_cast<double>(token[k]);
        logit += tilt[k] * number;
        square += number * number;
      }
      if (is_sphere && square > 0.0) {
        logit *= section->radius / std::sqrt(square);
      }
      depths[j] = 1.0 - (logit - logits_.mean) / logits_.height;
    }
    return depths;
  }

  /// A token's depth is one more number of its value, so that softmax averages it along.
  void attend(const Rows<float>& values, const Vector& depths) {
    if (!attention_) {
      return;
    }
    Rows<float> extended(values.rows(), value_dimension_ + 1);
    extended << values, depths.cast<float>();
    cache_.clear();
    cache_.append(tokens_, extended);
    attention_->accumulate(cache_, 0, cache_.size());
  }

  /// The metrics at the n tokens seen so far.
  void read_off() {
    const Vector hardmax_output = hardmax_.output();
    const AttentionOutput<float> softmax = attention_ ? attention_->result() : AttentionOutput<float>();
    const bool is_fixed = measurement_.is_fixed();
    Index row = is_fixed ? 0 : static_cast<Index>(point_);
    for (const CoolingCurve& curve : measurement_.curves()) {
      const std::size_t point = first_point_ + point_;
      const Vector& gamma = curve.gammas[point];
      if (std::isinf(curve.lambdas[point])) {
        add_metrics(gamma, hardmax_output, hardmax_output, hardmax_.participation(),
                    -hardmax_.largest_logit());
        continue;
      }
      const Vector output = softmax.output.row(row).transpose().cast<double>();
      add_metrics(gamma, output.head(value_dimension_), hardmax_output, softmax.participation[row],
                  output[value_dimension_]);
      row += is_fixed ? 1 : std::ssize(points_);
    }
    if (++point_ == points_.size()) {
      finish(std::move(found_));
    }
  }

  void add_metrics(const Vector& gamma, const Vector& output, const Vector& hardmax_output,
                   double participation, double depth) {
    constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
    const double reach = logits_.reach(static_cast<double>(seen_)) / logits_.height;
    found_.push_back(gamma.size() == 0 ? undefined : (output - gamma).norm());
    found_.push_back((output - hardmax_output).norm());
    found_.push_back(participation);
    found_.push_back((reach - 1.0 + depth) / reach);
  }

  const HardmaxMeasurement& measurement_;
  const HardmaxLogits& logits_;
  TokenStream stream_;
  std::size_t first_point_;
  std::span<const std::int64_t> points_;  ///< the n of each
  Index value_dimension_;
  std::size_t point_ = 0;  ///< that is next to be read off
  std::int64_t seen_ = 0;
  Rows<float> tokens_;
  KeyValueCache<float> cache_;
  RunningHardmax hardmax_;
  std::optional<StreamingAttention<float>> attention_;  ///< of all temperatures above 0
  std::vector<double> found_;
};

std::unique_ptr<Execution> HardmaxMeasurement::start(const Item& item, Compute compute) const {
  return std::make_unique<HardmaxReplicate>(*this, item, compute);
}

std::shared_ptr<const Experiment> read(Reader& reader, Spec& spec) {
  read_synthetic(reader, spec);
  if (const std::size_t heads = spec.attention.heads.size(); heads > 1) {
    const bool has_horizons = spec.attention.parameter == SweptParameter::horizon;
    throw Error(has_horizons ? "attention.horizons" : "attention.scales",
                "a sweep of " + std::to_string(heads), "one number, because temperatures scale the logits");
  }
  HardmaxParameters parameters{.logits = read_query(reader, spec), .temperatures = {}, .unit = {}};
  read_temperatures(reader, *spec.law, parameters);
  return std::make_shared<ExperimentWith<HardmaxMeasurement, HardmaxParameters>>(std::move(parameters));
}

}  // namespace

void HardmaxParameters::check_tokens(const Spec& spec) const {
  if (spec.tokens.front() < 2) {
    throw Error("tokens", std::to_string(spec.tokens.front()),
                "at least 2, because one token is all that attention can return");
  }
}

double HardmaxParameters::lambda(double temperature, double n) const {
  if (temperature == 0.0) {
    return std::numeric_limits<double>::infinity();
  }
  switch (unit) {
    case TemperatureUnit::critical:
      return typical_maximum(n) / (temperature * logits.deviation);
    case TemperatureUnit::logarithmic:
      return portable_log(n) / (temperature * logits.range);
    case TemperatureUnit::fixed:
      break;
  }
  return 1.0 / temperature;
}

const ExperimentType& hardmax_experiment() {
  static const ExperimentType type{
      .name = "hardmax",
      .builtin_specs = {{.name = "hardmax",
                         .summary = "softmax on its way to hardmax: temperatures down to 0 on the sphere",
                         .json = R"({"schema": 1, "experiment": "hardmax", "seed": 42,
 "law": {"type": "sphere", "dimension": 3, "radius": 1},
 "attention": {"matrix": 1}, "query": {"radius": 1},
 "temperatures": [0, 0.0001, 0.01, 1], "temperature_unit": "fixed",
 "tokens": {"from": 100, "to": 100000, "count": 10}, "replicates": 200})"},
                        {.name = "random-energy",
                         .summary = "logits that sharpen with n: the three regimes of Gaussian tokens",
                         .json = R"({"schema": 1, "experiment": "hardmax", "seed": 42,
 "law": {"type": "gaussian", "dimension": 3, "covariance": 1},
 "attention": {"matrix": 1}, "query": {"radius": 1},
 "temperatures": [0, 0.5, 1.25, 4], "temperature_unit": "critical",
 "tokens": {"from": 1000, "to": 1000000, "count": 7}, "replicates": 100})"},
                        {.name = "cooling",
                         .summary = "softmax on its way to hardmax at five temperatures, within seconds",
                         .json = R"({"schema": 1, "experiment": "hardmax", "seed": 42,
 "law": {"type": "sphere", "dimension": 3, "radius": 1},
 "attention": {"matrix": 1}, "query": {"radius": 1},
 "temperatures": [0, 0.001, 0.01, 0.1, 1], "temperature_unit": "fixed",
 "tokens": {"from": 100, "to": 30000, "count": 8}, "replicates": 100})"}},
      .read = read};
  return type;
}

}  // namespace asymptoken
