#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "experiment/hardmax/logits.hpp"
#include "experiment/hardmax/predictions.hpp"
#include "experiment/hardmax/running_hardmax.hpp"
#include "experiment/token_stream.hpp"
#include "experiment/type.hpp"

// One query at many temperatures, down to hardmax attention at 0, against n. Tokens are streamed; all temperatures see the
// same ones. With z_j = (<A x, y_j> - mean) / height, a token's place on the way to the largest logit:
//
//   error                |Gamma_n(x) - Gamma(x)| at that temperature; at 0, from V y at the maximum over the support
//   distance_to_hardmax  from the output of hardmax attention on the same tokens
//   participation        sum_j p_j^2, the reciprocal of the effective number of tokens
//   gap                  1 - sum_j p_j z_j, in units of what n tokens can reach (HardmaxLogits::reach)

namespace asymptoken {

namespace {

constexpr Range radii = {1e-6, 1e6};
constexpr Range temperatures = {1e-9, 1e9};

void read_query(Reader& reader, Spec& spec) {
  Reader query = reader.object("query");
  const std::string_view key = query.has("point") ? "point" : "radius";
  if (key == "point") {
    spec.queries = {query.vector("point", spec.law->dimension(), std::nullopt)};
  } else {
    spec.radii = {query.number("radius", 1.0, radii)};
  }
  query.finish();
  const double deviation = HardmaxLogits(spec).deviation;
  if (!(deviation > 0.0) || std::isinf(deviation)) {
    query.reject(key, "a query x whose logits <A x, y> differ from token to token and are finite");
  }
}

void read_temperatures(Reader& reader, Spec& spec) {
  spec.temperatures = reader.number_sweep("temperatures", {0.0, temperatures.most});
  for (const double temperature : spec.temperatures) {
    if (temperature != 0.0 && temperature < temperatures.least) {
      reader.reject("temperatures", "0 (hardmax) or numbers from 1e-9 to 1e9");
    }
  }
  const std::string unit = reader.choice("temperature_unit", {"fixed", "critical", "logarithmic"});
  spec.temperature_unit = unit == "fixed"      ? TemperatureUnit::fixed
                          : unit == "critical" ? TemperatureUnit::critical
                                               : TemperatureUnit::logarithmic;
  if (unit == "logarithmic" && !spec.law->is_bounded()) {
    reader.reject("temperature_unit", "fixed or critical, because " + std::string(spec.law->name()) +
                                          " tokens have no largest logit");
  }
}

void read(Reader& reader, Spec& spec) {
  if (const std::size_t heads = spec.attention.heads.size(); heads > 1) {
    throw Error("attention." + spec.attention.parameter + "s", "a sweep of " + std::to_string(heads),
                "one number, because temperatures scale the logits");
  }
  read_query(reader, spec);
  read_temperatures(reader, spec);
}

std::vector<std::string> metrics(const Spec& /*spec*/) {
  return {"error", "distance_to_hardmax", "participation", "gap"};
}

CoolingCurve cooling_curve(const Spec& spec, const HardmaxLogits& logits, double temperature) {
  const Matrix& V = spec.attention.V;
  CoolingCurve curve;
  for (const std::int64_t n : spec.tokens) {
    const double lambda = logits.lambda(spec, temperature, static_cast<double>(n));
    curve.lambdas.push_back(lambda);
    if (std::isfinite(lambda)) {
      curve.gammas.emplace_back(V * spec.law->tilted_mean(lambda * logits.tilt));
    } else {
      curve.gammas.push_back(logits.maximum ? Vector(V * logits.maximum->maximiser) : Vector());
    }
  }
  return curve;
}

void prepare(Plan::Contents& contents) {
  const Spec& spec = contents.spec;
  if (spec.tokens.front() < 2) {
    throw Error("tokens", std::to_string(spec.tokens.front()),
                "at least 2, because one token is all that attention can return");
  }
  const HardmaxLogits logits(spec);
  for (const double temperature : spec.temperatures) {
    contents.limits.cooling.push_back(cooling_curve(spec, logits, temperature));
    Curve curve = empty_curve(spec, spec.attention.heads.front(), contents.skeleton.metrics.size());
    curve.parameters.emplace_back("temperature", temperature);
    curve.predicted = hardmax_predictions(spec, logits, temperature);
    contents.skeleton.curves.push_back(std::move(curve));
  }
}

/// A softmax for each temperature above 0; where that moves with n, for each n that shares the stream.
std::size_t softmaxes(const Spec& spec, std::size_t points) {
  const auto above_zero = static_cast<std::size_t>(
      std::ranges::count_if(spec.temperatures, [](double temperature) { return temperature > 0.0; }));
  return above_zero * (spec.temperature_unit == TemperatureUnit::fixed ? 1 : points);
}

double work(const Spec& spec, double n) {
  const auto queries = static_cast<double>(softmaxes(spec, spec.nested ? spec.tokens.size() : 1));
  const auto d = static_cast<double>(spec.law->dimension());
  return n * (sampling_work(spec) + d + queries * (pair_work(spec) + 1));
}

double memory(const Spec& spec, double n) {
  const auto width = static_cast<double>(2 * spec.law->dimension() + 2 * spec.attention.V.rows() + 4);
  return sizeof(float) * std::min<double>(n, TokenStream::chunk) * width;
}

class HardmaxSteps final : public Execution::Steps {
 public:
  HardmaxSteps(const Plan::Contents& contents, const Item& item, Compute compute)
      : contents_(contents),
        logits_(contents.spec),
        stream_(contents.spec, item, compute),
        first_point_(item.first_point),
        points_(std::span(contents.spec.tokens).subspan(item.first_point, item.points)),
        value_dimension_(contents.spec.attention.V.rows()),
        cache_(contents.spec.law->dimension(), value_dimension_ + 1),
        hardmax_(value_dimension_) {
    if (const Rows<float> queries = cooled_queries(); queries.rows() > 0) {
      attention_.emplace(queries, 1.0F, value_dimension_ + 1, compute, Spread::compute);
    }
  }

  double advance(double /*work*/) override {
    const std::int64_t n = points_[point_];
    const auto count = static_cast<Index>(std::min<std::int64_t>(TokenStream::chunk, n - seen_));
    tokens_.resize(count, cache_.key_dimension());
    stream_.sample(seen_, tokens_);
    const Vector places = places_of_tokens();
    const Rows<float> values = stream_.values(tokens_);
    hardmax_.add(places, values);
    attend(values, places);
    seen_ += count;
    if (seen_ == n) {
      read_off();
    }
    return static_cast<double>(count) * work(contents_.spec, 1);
  }

 private:
  /// lambda A x of each softmax: temperature by temperature, and its points where they differ.
  Rows<float> cooled_queries() const {
    const bool is_fixed = contents_.spec.temperature_unit == TemperatureUnit::fixed;
    Rows<float> queries(static_cast<Index>(softmaxes(contents_.spec, points_.size())), logits_.tilt.size());
    Index row = 0;
    for (const CoolingCurve& curve : contents_.limits.cooling) {
      for (std::size_t k = 0; k < (is_fixed ? 1 : points_.size()); ++k) {
        if (const double lambda = curve.lambdas[first_point_ + k]; std::isfinite(lambda)) {
          queries.row(row++) = (lambda * logits_.tilt).cast<float>();
        }
      }
    }
    return queries;
  }

  /// z_j in float64, so that tokens near the maximum stay apart.
  Vector places_of_tokens() const {
    const double* const tilt = logits_.tilt.data();
    Vector places(tokens_.rows());
    for (Index j = 0; j < tokens_.rows(); ++j) {
      const float* const token = tokens_.row(j).data();
      double logit = 0.0;
      for (Index k = 0; k < tokens_.cols(); ++k) {
        logit += tilt[k] * static_cast<double>(token[k]);
      }
      places[j] = (logit - logits_.mean) / logits_.height;
    }
    return places;
  }

  /// A token's place is one more number of its value, so that softmax averages it along.
  void attend(const Rows<float>& values, const Vector& places) {
    if (!attention_) {
      return;
    }
    Rows<float> extended(values.rows(), value_dimension_ + 1);
    extended << values, places.cast<float>();
    cache_.clear();
    cache_.append(tokens_, extended);
    attention_->accumulate(cache_, 0, cache_.size());
  }

  /// The metrics at the n tokens seen so far.
  void read_off() {
    const Vector hardmax_output = hardmax_.output();
    const AttentionOutput<float> softmax = attention_ ? attention_->result() : AttentionOutput<float>();
    const bool is_fixed = contents_.spec.temperature_unit == TemperatureUnit::fixed;
    Index row = is_fixed ? 0 : static_cast<Index>(point_);
    for (const CoolingCurve& curve : contents_.limits.cooling) {
      const std::size_t point = first_point_ + point_;
      const Vector& gamma = curve.gammas[point];
      if (std::isinf(curve.lambdas[point])) {
        add_metrics(gamma, hardmax_output, hardmax_output, hardmax_.participation(),
                    hardmax_.largest_logit());
        continue;
      }
      const Vector output = softmax.output.row(row).transpose().cast<double>();
      add_metrics(gamma, output.head(value_dimension_), hardmax_output, softmax.participation[row],
                  output[value_dimension_]);
      row += is_fixed ? 1 : std::ssize(points_);
    }
    finished = ++point_ == points_.size();
  }

  void add_metrics(const Vector& gamma, const Vector& output, const Vector& hardmax_output,
                   double participation, double place) {
    constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
    const double reach = logits_.reach(static_cast<double>(seen_)) / logits_.height;
    values.push_back(gamma.size() == 0 ? undefined : (output - gamma).norm());
    values.push_back((output - hardmax_output).norm());
    values.push_back(participation);
    values.push_back(1.0 - place / reach);
  }

  const Plan::Contents& contents_;
  HardmaxLogits logits_;
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
};

std::unique_ptr<Execution::Steps> start(const Plan::Contents& contents, const Item& item, Compute compute) {
  return std::make_unique<HardmaxSteps>(contents, item, compute);
}

Json limit(const Plan::Contents& contents, std::size_t curve) {
  const CoolingCurve& cooling = contents.limits.cooling[curve];
  const std::vector<double>& lambdas = cooling.lambdas;
  Json gammas = Json::array();
  for (const Vector& gamma : cooling.gammas) {
    gammas.push_back(gamma.size() == 0 ? Json(nullptr) : json_of(gamma));
  }
  return {{"tokens", contents.spec.tokens},
          {"lambda", json_of(Vector(Vector::Map(lambdas.data(), std::ssize(lambdas))))},
          {"gamma", std::move(gammas)}};
}

}  // namespace

const ExperimentType& hardmax_experiment() {
  static const ExperimentType type{.name = "hardmax",
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
