#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "asymptoken/error.hpp"
#include "asymptoken/experiment.hpp"
#include "json/json.hpp"

// Results as this project wrote them before they carried their own description (schema 1): the experiment describes them.

namespace asymptoken {

namespace {

double number_from(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

std::optional<Estimate> estimate_from(const Json& json) {
  if (json.is_null() || json.at("mean").is_null()) {
    return std::nullopt;
  }
  return Estimate{.mean = json.at("mean").get<double>(),
                  .standard_deviation = number_from(json.at("standard_deviation")),
                  .count = json.at("count").get<std::int64_t>()};
}

void read_fit(const Json& json, std::optional<PowerLawFit>& fit, std::optional<SlopeInterval>& interval) {
  if (json.is_null()) {
    return;
  }
  fit = PowerLawFit{.slope = number_from(json.at("slope")),
                    .slope_standard_error = number_from(json.at("slope_se")),
                    .intercept = number_from(json.at("intercept")),
                    .intercept_standard_error = number_from(json.at("intercept_se")),
                    .points = json.at("points").get<std::int64_t>()};
  if (json.contains("bootstrap") && !json.at("bootstrap").is_null()) {
    const Json& bootstrap = json.at("bootstrap");
    interval = SlopeInterval{.low = number_from(bootstrap.at("low")),
                             .high = number_from(bootstrap.at("high")),
                             .standard_error = number_from(bootstrap.at("standard_error"))};
  }
}

/// The slope that a constant went with was the one of the same metric and status.
double exponent_of(const Json& predicted, const Json& constant) {
  for (const Json& other : predicted) {
    if (other.at("quantity") == "slope" && other.at("metric") == constant.at("metric") &&
        other.at("status") == constant.at("status")) {
      return number_from(other.at("value"));
    }
  }
  return -0.5;
}

/// The title itself in most cases.
std::string id_of(std::string title) {
  constexpr std::pair<std::string_view, std::string_view> others[] = {
      {"guaranteed rate", "reference_rate"},
      {"Gaussian rate over its floor", "gaussian_rate_over_floor"},
      {"Gaussian C(R)", "gaussian_constant"}};
  for (const auto& [other, id] : others) {
    if (title == other) {
      return std::string(id);
    }
  }
  std::ranges::transform(title, title.begin(), [](char c) {
    return c == ' ' || c == '-' ? '_' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return title;
}

Prediction prediction_from(const Json& json, const Json& predicted) {
  const auto of_name = [&](const char* key, auto first, auto second, auto third) {
    const auto name = json.at(key).get<std::string>();
    return name == name_of(first) ? first : name == name_of(second) ? second : third;
  };
  const auto title = json.at("name").get<std::string>();
  Prediction prediction{.id = id_of(title),
                        .metric = json.at("metric").get<std::string>(),
                        .quantity = of_name("quantity", Quantity::slope, Quantity::constant, Quantity::limit),
                        .title = title,
                        .value = number_from(json.at("value")),
                        .status = of_name("status", Status::paper, Status::derived, Status::heuristic),
                        .formula = json.at("formula").get<std::string>()};
  if (prediction.quantity == Quantity::constant) {
    prediction.exponent = exponent_of(predicted, json);
  }
  return prediction;
}

void read_curve(const Json& json, const std::vector<Metric>& metrics, Curve& curve) {
  const Json& points = json.at("points");
  for (std::size_t p = 0; p < curve.points.size(); ++p) {
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      curve.points[p].metrics[m] = estimate_from(points.at(p).at(metrics[m].id));
    }
  }
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    read_fit(json.at("fit").at(metrics[m].id), curve.fits[m], curve.intervals[m]);
  }
  curve.predictions.clear();
  for (const Json& prediction : json.at("predicted")) {
    curve.predictions.push_back(prediction_from(prediction, json.at("predicted")));
  }
}

Result read_first_schema(const Json& document) {
  try {
    Result result = ExperimentJob(parse_spec(document.at("spec").dump())).outline();
    const Json& curves = document.at("curves");
    if (curves.size() != result.curves.size()) {
      throw Error("curves", std::to_string(curves.size()),
                  std::to_string(result.curves.size()) + ", as the spec has it");
    }
    for (std::size_t c = 0; c < curves.size(); ++c) {
      read_curve(curves[c], result.metrics, result.curves[c]);
    }
    result.items_done = document.at("items").at("done").get<std::int64_t>();
    result.items = document.at("items").at("total").get<std::int64_t>();
    const Json& provenance = document.at("provenance");
    result.provenance = {.version = provenance.at("version").get<std::string>(),
                         .target = provenance.at("target").get<std::string>(),
                         .simd = provenance.at("simd").get<std::string>(),
                         .wall_seconds = number_from(provenance.at("wall_seconds"))};
    for (Trend& trend : result.trends) {
      trend.points = trend_points(result, trend);
    }
    return result;
  } catch (const Json::exception& problem) {
    throw Error("result", "not a complete result (" + std::string(problem.what()) + ")",
                "a document as `run` writes it");
  }
}

}  // namespace

Result read_result(std::string_view text) {
  const Json document = parse_json(text, "result");
  const bool is_old = document.is_object() && document.contains("schema") && document.at("schema") == 1 &&
                      document.contains("curves");
  return is_old ? read_first_schema(document) : parse_result(text);
}

}  // namespace asymptoken
