#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/result.hpp"
#include "json/reader.hpp"
#include "result/json.hpp"

namespace asymptoken {

namespace {

// ---- Writing ----------------------------------------------------------------------------------------------------------
// Through a few functions: written out each time, an assignment is a good part of what a browser downloads.

void put_text(Json& json, const char* key, std::string_view text) { json[key] = text; }
void put_number(Json& json, const char* key, double number) { json[key] = number_or_null(number); }
void put_count(Json& json, const char* key, std::int64_t count) { json[key] = count; }
void put_flag(Json& json, const char* key, bool flag) { json[key] = flag; }

void put_number(Json& json, const char* key, std::optional<double> number) {
  put_number(json, key, number.value_or(std::numeric_limits<double>::quiet_NaN()));
}

/// What `write` makes of each of the things.
template <class Things, class Write>
void put_list(Json& json, const char* key, const Things& things, Write write) {
  Json& list = json[key] = Json::array();
  for (const auto& thing : things) {
    write(thing, list.emplace_back());
  }
}

void write_label(const Label& label, Json& json) {
  put_text(json, "title", label.title);
  put_text(json, "symbol", label.symbol);
  put_text(json, "remark", label.remark);
}

std::string_view name_of(Scale scale) { return scale == Scale::linear ? "linear" : "logarithmic"; }

void write_metric(const Metric& metric, Json& json) {
  put_text(json, "id", metric.id);
  write_label(metric.label, json);
  put_text(json, "scale", name_of(metric.scale));
  Json& reciprocal = json["reciprocal"];
  if (metric.reciprocal) {
    write_label(*metric.reciprocal, reciprocal);
  }
  put_flag(json, "diagnostic", metric.is_diagnostic);
}

void write_parameter(const Parameter& parameter, Json& json) {
  put_text(json, "id", parameter.id);
  write_label(parameter.label, json);
  put_text(json, "scale", name_of(parameter.scale));
  put_flag(json, "swept", parameter.is_swept);
}

void write_trend(const Trend& trend, Json& json) {
  put_text(json, "id", trend.id);
  write_label(trend.label, json);
  put_text(json, "kind", name_of(trend.kind));
  json["metrics"] = trend.metrics;
  put_text(json, "parameter", trend.parameter);
  Json& x = json["x"];
  write_label(trend.x_label, x);
  put_text(x, "scale", name_of(trend.x_scale));
  put_flag(x, "reciprocal", trend.has_reciprocal_x);
  put_text(json, "y_scale", name_of(trend.y_scale));
  put_list(json, "lines", trend.lines, [](const TrendLine& line, Json& entry) {
    put_text(entry, "prediction", line.prediction);
    put_text(entry, "title", line.title);
    put_text(entry, "status", name_of(line.status));
    put_text(entry, "formula", line.formula);
    put_list(entry, "points", line.points, [](const std::pair<double, double>& point, Json& pair) {
      pair.push_back(point.first);
      pair.push_back(number_or_null(point.second));
    });
  });
  put_list(json, "points", trend.points, [](const TrendPoint& point, Json& entry) {
    put_count(entry, "curve", static_cast<std::int64_t>(point.curve));
    put_text(entry, "metric", point.metric);
    put_number(entry, "x", point.x);
    put_number(entry, "y", point.y);
    put_number(entry, "standard_error", point.standard_error);
  });
}

void write_estimate(const Estimate& estimate, bool has_reciprocal, Json& json) {
  put_number(json, "mean", estimate.mean);
  put_number(json, "standard_deviation", estimate.standard_deviation);
  put_number(json, "standard_error", estimate.standard_error());
  put_count(json, "count", estimate.count);
  if (has_reciprocal) {
    const Estimate shown = reciprocal(estimate);
    put_number(json["reciprocal"], "mean", shown.mean);
    put_number(json["reciprocal"], "standard_error", shown.standard_error());
  }
}

void write_fit(const PowerLawFit& fit, const std::optional<SlopeInterval>& interval, Json& json) {
  put_number(json, "slope", fit.slope);
  put_number(json, "slope_standard_error", fit.slope_standard_error);
  put_number(json, "intercept", fit.intercept);
  put_number(json, "intercept_standard_error", fit.intercept_standard_error);
  put_count(json, "points", fit.points);
  Json& entry = json["interval"];
  if (interval) {
    put_number(entry, "low", interval->low);
    put_number(entry, "high", interval->high);
    put_number(entry, "standard_error", interval->standard_error);
    put_count(entry, "resamples", interval->resamples);
  }
}

void write_curve(const Result& result, const Curve& curve, Json& json) {
  json["parameters"] = parameters_json(result, curve);
  put_list(json, "points", curve.points, [&](const Point& point, Json& entry) {
    put_count(entry, "n", point.n);
    for (std::size_t m = 0; m < result.metrics.size(); ++m) {
      Json& measured = entry["metrics"][result.metrics[m].id];
      if (point.metrics[m]) {
        write_estimate(*point.metrics[m], result.metrics[m].reciprocal.has_value(), measured);
      }
    }
  });
  Json& fits = json["fits"] = Json::object();
  for (std::size_t m = 0; m < result.metrics.size(); ++m) {
    Json& fit = fits[result.metrics[m].id];
    if (const auto& found = curve.fits[m]) {
      write_fit(*found, curve.intervals[m], fit);
    }
  }
  Json& predictions = json["predictions"] = predictions_json(curve);
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const Prediction& prediction = curve.predictions[i];
    put_number(predictions[i], "excess",
               slope_excess(curve, metric_index(result, prediction.metric), prediction));
  }
}

// ---- Reading ------------------------------------------------------------------------------------------------------------
// Numbers that have no place in JSON are null: what is not finite. Nothing has a default.

bool boolean_from(Reader& reader, std::string_view key) {
  if (!reader.has(key)) {
    reader.reject(key, "true or false");
  }
  return reader.boolean(key, false);
}

std::string choice_from(Reader& reader, std::string_view key, const std::vector<std::string_view>& choices) {
  if (!reader.has(key)) {
    reader.reject(key, "one of its names");
  }
  return reader.choice(key, choices);
}

double number_from(Reader& reader, std::string_view key) {
  return reader.is_null(key) ? std::numeric_limits<double>::quiet_NaN()
                             : reader.number(key, std::nullopt, {});
}

/// Of a place and a height.
std::vector<std::pair<double, double>> pairs_from(Reader& reader, std::string_view key) {
  const Json& list = reader.any(key);
  std::vector<std::pair<double, double>> pairs;
  for (const Json& pair : list.is_array() ? list : Json::array({nullptr})) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() ||
        !(pair[1].is_number() || pair[1].is_null())) {
      reader.reject(key, "a list of pairs of numbers");
    }
    const double height =
        pair[1].is_null() ? std::numeric_limits<double>::quiet_NaN() : pair[1].get<double>();
    pairs.emplace_back(pair[0].get<double>(), height);
  }
  return pairs;
}

Label label_from(Reader& reader) {
  Label label{.title = reader.text("title"), .symbol = reader.text("symbol"), .remark = {}};
  label.remark = reader.text("remark");
  return label;
}

Scale scale_from(Reader& reader, std::string_view key) {
  return choice_from(reader, key, {"linear", "logarithmic"}) == "linear" ? Scale::linear : Scale::logarithmic;
}

template <class Enum, std::size_t count>
Enum one_of(Reader& reader, std::string_view key, const std::array<Enum, count>& values) {
  std::vector<std::string_view> names;
  for (const Enum value : values) {
    names.push_back(name_of(value));
  }
  const std::string name = choice_from(reader, key, names);
  return values[static_cast<std::size_t>(std::ranges::find(names, name) - names.begin())];
}

constexpr std::array statuses = {Status::paper, Status::derived, Status::heuristic};
constexpr std::array quantities = {Quantity::slope, Quantity::constant, Quantity::limit};
constexpr std::array trend_kinds = {TrendKind::slope, TrendKind::constant, TrendKind::value};

Metric metric_from(Reader& reader) {
  Metric metric{.id = reader.text("id"), .label = label_from(reader)};
  metric.scale = scale_from(reader, "scale");
  if (!reader.is_null("reciprocal")) {
    Reader reciprocal = reader.object("reciprocal");
    metric.reciprocal = label_from(reciprocal);
    reciprocal.finish();
  }
  metric.is_diagnostic = boolean_from(reader, "diagnostic");
  reader.finish();
  return metric;
}

Parameter parameter_from(Reader& reader) {
  Parameter parameter{.id = reader.text("id"), .label = label_from(reader)};
  parameter.scale = scale_from(reader, "scale");
  parameter.is_swept = boolean_from(reader, "swept");
  reader.finish();
  return parameter;
}

std::size_t metric_from(Reader& reader, const Result& result) {
  const std::string id = reader.text("metric");
  if (std::ranges::find(result.metrics, id, &Metric::id) == result.metrics.end()) {
    reader.reject("metric", "the id of one of the metrics");
  }
  return metric_index(result, id);
}

Trend trend_from(Reader& reader, const Result& result) {
  Trend trend{.id = reader.text("id"), .label = label_from(reader)};
  trend.kind = one_of(reader, "kind", trend_kinds);
  trend.metrics = reader.texts("metrics");
  trend.parameter = reader.text("parameter");
  Reader x = reader.object("x");
  trend.x_label = label_from(x);
  trend.x_scale = scale_from(x, "scale");
  trend.has_reciprocal_x = boolean_from(x, "reciprocal");
  x.finish();
  trend.y_scale = scale_from(reader, "y_scale");
  for (Reader& entry : reader.objects("lines", true)) {
    TrendLine line{.prediction = entry.text("prediction"),
                   .title = entry.text("title"),
                   .status = {},
                   .formula = {},
                   .points = {}};
    line.status = one_of(entry, "status", statuses);
    line.formula = entry.text("formula");
    line.points = pairs_from(entry, "points");
    entry.finish();
    trend.lines.push_back(std::move(line));
  }
  for (Reader& entry : reader.objects("points", true)) {
    TrendPoint point{};
    point.curve =
        static_cast<std::size_t>(entry.integer("curve", std::nullopt, 0, std::ssize(result.curves) - 1));
    point.metric = result.metrics[metric_from(entry, result)].id;
    point.x = entry.number("x", std::nullopt, {});
    point.y = number_from(entry, "y");
    if (!entry.is_null("standard_error")) {
      point.standard_error = entry.number("standard_error", std::nullopt, {});
    }
    entry.finish();
    trend.points.push_back(std::move(point));
  }
  reader.finish();
  return trend;
}

Estimate estimate_from(Reader reader, bool has_reciprocal) {
  Estimate estimate{};
  estimate.mean = number_from(reader, "mean");
  estimate.standard_deviation = number_from(reader, "standard_deviation");
  reader.any("standard_error");
  estimate.count = reader.integer("count", std::nullopt, 1, std::numeric_limits<std::int64_t>::max());
  if (has_reciprocal) {
    reader.any("reciprocal");
  }
  reader.finish();
  return estimate;
}

std::optional<SlopeInterval> interval_from(Reader& fit) {
  if (fit.is_null("interval")) {
    return std::nullopt;
  }
  Reader reader = fit.object("interval");
  SlopeInterval interval{};
  interval.low = number_from(reader, "low");
  interval.high = number_from(reader, "high");
  interval.standard_error = number_from(reader, "standard_error");
  interval.resamples = reader.integer("resamples", std::nullopt, 0, 1'000'000);
  reader.finish();
  return interval;
}

void read_fit(Reader reader, Curve& curve) {
  PowerLawFit fit{};
  fit.slope = number_from(reader, "slope");
  fit.slope_standard_error = number_from(reader, "slope_standard_error");
  fit.intercept = number_from(reader, "intercept");
  fit.intercept_standard_error = number_from(reader, "intercept_standard_error");
  fit.points = reader.integer("points", std::nullopt, 0, 1'000'000);
  curve.fits.emplace_back(fit);
  curve.intervals.push_back(interval_from(reader));
  reader.finish();
}

Prediction prediction_from(Reader& reader, const Result& result) {
  Prediction prediction{};
  prediction.id = reader.text("id");
  prediction.metric = result.metrics[metric_from(reader, result)].id;
  prediction.quantity = one_of(reader, "quantity", quantities);
  prediction.title = reader.text("title");
  prediction.value = number_from(reader, "value");
  if (prediction.quantity == Quantity::constant) {
    prediction.exponent = reader.number("exponent", std::nullopt, {});
  }
  prediction.status = one_of(reader, "status", statuses);
  prediction.formula = reader.text("formula");
  reader.any("excess");
  reader.finish();
  return prediction;
}

Curve curve_from(Reader& reader, const Result& result) {
  Curve curve;
  Reader parameters = reader.object("parameters");
  for (const Parameter& parameter : result.parameters) {
    if (parameters.any(parameter.id).is_string()) {
      curve.parameters.emplace_back(parameters.text(parameter.id));
    } else {
      curve.parameters.emplace_back(number_from(parameters, parameter.id));
    }
  }
  parameters.finish();
  for (Reader& entry : reader.objects("points", true)) {
    Point& point = curve.points.emplace_back();
    point.n = entry.integer("n", std::nullopt, 1, std::numeric_limits<std::int64_t>::max());
    Reader metrics = entry.object("metrics");
    for (const Metric& metric : result.metrics) {
      point.metrics.push_back(
          metrics.is_null(metric.id)
              ? std::nullopt
              : std::optional(estimate_from(metrics.object(metric.id), metric.reciprocal.has_value())));
    }
    metrics.finish();
    entry.finish();
  }
  Reader fits = reader.object("fits");
  for (const Metric& metric : result.metrics) {
    if (fits.is_null(metric.id)) {
      curve.fits.emplace_back();
      curve.intervals.emplace_back();
    } else {
      read_fit(fits.object(metric.id), curve);
    }
  }
  fits.finish();
  for (Reader& entry : reader.objects("predictions", true)) {
    curve.predictions.push_back(prediction_from(entry, result));
  }
  reader.finish();
  return curve;
}

}  // namespace

Json parameters_json(const Result& result, const Curve& curve) {
  Json json = Json::object();
  for (std::size_t p = 0; p < result.parameters.size(); ++p) {
    Json& place = json[result.parameters[p].id];
    if (const double* number = std::get_if<double>(&curve.parameters[p])) {
      place = number_or_null(*number);
    } else {
      place = std::get<std::string>(curve.parameters[p]);
    }
  }
  return json;
}

Json predictions_json(const Curve& curve) {
  Json list = Json::array();
  for (const Prediction& prediction : curve.predictions) {
    Json& json = list.emplace_back();
    put_text(json, "id", prediction.id);
    put_text(json, "metric", prediction.metric);
    put_text(json, "quantity", name_of(prediction.quantity));
    put_text(json, "title", prediction.title);
    put_number(json, "value", prediction.value);
    if (prediction.quantity == Quantity::constant) {
      put_number(json, "exponent", prediction.exponent);
    }
    put_text(json, "status", name_of(prediction.status));
    put_text(json, "formula", prediction.formula);
  }
  return list;
}

std::string to_json(const Result& result) {
  Json document;
  put_count(document, "schema", 2);
  put_text(document, "title", result.title);
  document["spec"] = parse_json(result.spec_json, "spec");
  Json& inputs = document["inputs"] = Json::object();
  for (const InputDescription& input : result.inputs) {
    put_text(inputs[input.name], "layout", input.layout);
    put_text(inputs[input.name], "fingerprint", input.fingerprint);
  }
  put_flag(document, "complete", result.items_done == result.items);
  Json& items = document["items"];
  put_count(items, "done", result.items_done);
  put_count(items, "total", result.items);
  put_flag(document, "points_share_tokens", result.points_share_tokens);
  put_text(document, "fit_weights", name_of(result.fit_weights));
  put_list(document, "metrics", result.metrics, write_metric);
  put_list(document, "parameters", result.parameters, write_parameter);
  put_list(document, "curves", result.curves,
           [&](const Curve& curve, Json& json) { write_curve(result, curve, json); });
  put_list(document, "trends", result.trends, write_trend);
  Json& provenance = document["provenance"];
  put_text(provenance, "version", result.provenance.version);
  put_text(provenance, "target", result.provenance.target);
  put_text(provenance, "simd", result.provenance.simd);
  put_number(provenance, "wall_seconds", result.provenance.wall_seconds);
  return document.dump(1);
}

Result parse_result(std::string_view text) {
  const Json document = parse_json(text, "result");
  if (!document.is_object() || !document.contains("schema") || !document.contains("curves")) {
    throw Error("result", quote(document),
                "an object with schema, spec, metrics and curves, as `run` writes it");
  }
  Json completed;
  Reader reader(document, "", completed, nullptr, "result");
  Result result;
  reader.integer("schema", std::nullopt, 2, 2);
  result.title = reader.text("title");
  result.spec_json = reader.any("spec").dump();
  if (!reader.has("inputs")) {
    reader.reject("inputs", "an object");
  }
  Reader inputs = reader.object("inputs");
  for (const auto& [name, value] : document.at("inputs").items()) {
    Reader input = inputs.object(name);
    InputDescription& description = result.inputs.emplace_back();
    description.name = name;
    description.layout = input.text("layout");
    description.fingerprint = input.text("fingerprint");
    input.finish();
  }
  reader.any("complete");
  Reader items = reader.object("items");
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  result.items_done = items.integer("done", std::nullopt, 0, most);
  result.items = items.integer("total", std::nullopt, result.items_done, most);
  items.finish();
  result.points_share_tokens = boolean_from(reader, "points_share_tokens");
  result.fit_weights =
      one_of(reader, "fit_weights", std::array{FitWeights::inverse_variance, FitWeights::equal});
  for (Reader& entry : reader.objects("metrics")) {
    result.metrics.push_back(metric_from(entry));
  }
  for (Reader& entry : reader.objects("parameters", true)) {
    result.parameters.push_back(parameter_from(entry));
  }
  for (Reader& entry : reader.objects("curves", true)) {
    result.curves.push_back(curve_from(entry, result));
  }
  for (Reader& entry : reader.objects("trends", true)) {
    result.trends.push_back(trend_from(entry, result));
  }
  Reader provenance = reader.object("provenance");
  result.provenance.version = provenance.text("version");
  result.provenance.target = provenance.text("target");
  result.provenance.simd = provenance.text("simd");
  result.provenance.wall_seconds = provenance.number("wall_seconds", std::nullopt, {});
  provenance.finish();
  reader.finish();
  return result;
}

}  // namespace asymptoken
