#include "result/curve_json.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "asymptoken/error.hpp"

namespace asymptoken {

namespace {

Json estimate_json(const std::optional<Estimate>& estimate) {
  Json json;
  if (estimate) {
    json["mean"] = number_or_null(estimate->mean);
    json["standard_deviation"] = number_or_null(estimate->standard_deviation);
    json["count"] = estimate->count;
  }
  return json;
}

Json interval_json(const std::optional<SlopeInterval>& interval) {
  Json json;
  if (interval) {
    json["low"] = number_or_null(interval->low);
    json["high"] = number_or_null(interval->high);
    json["standard_error"] = number_or_null(interval->standard_error);
  }
  return json;
}

Json fit_json(const std::optional<PowerLawFit>& fit, const std::optional<SlopeInterval>& interval) {
  Json json;
  if (fit) {
    json["slope"] = number_or_null(fit->slope);
    json["slope_se"] = number_or_null(fit->slope_se);
    json["intercept"] = number_or_null(fit->intercept);
    json["intercept_se"] = number_or_null(fit->intercept_se);
    json["points"] = fit->points;
    json["bootstrap"] = interval_json(interval);
  }
  return json;
}

double number_from(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

std::optional<Estimate> estimate_from(const Json& json) {
  if (json.is_null()) {
    return std::nullopt;
  }
  return Estimate{.mean = number_from(json.at("mean")),
                  .standard_deviation = number_from(json.at("standard_deviation")),
                  .count = json.at("count").get<std::int64_t>()};
}

std::optional<PowerLawFit> fit_from(const Json& json) {
  if (json.is_null()) {
    return std::nullopt;
  }
  return PowerLawFit{.slope = number_from(json.at("slope")),
                     .slope_se = number_from(json.at("slope_se")),
                     .intercept = number_from(json.at("intercept")),
                     .intercept_se = number_from(json.at("intercept_se")),
                     .points = json.at("points").get<std::int64_t>()};
}

std::optional<SlopeInterval> interval_from(const Json& fit) {
  if (fit.is_null() || !fit.contains("bootstrap") || fit.at("bootstrap").is_null()) {
    return std::nullopt;
  }
  const Json& json = fit.at("bootstrap");
  return SlopeInterval{.low = number_from(json.at("low")),
                       .high = number_from(json.at("high")),
                       .standard_error = number_from(json.at("standard_error"))};
}

Prediction prediction_from(const Json& json) {
  const auto status_name = json.at("status").get<std::string>();
  for (const Status status : {Status::paper, Status::derived, Status::heuristic}) {
    if (name_of(status) == status_name) {
      return {.metric = json.at("metric").get<std::string>(),
              .quantity = json.at("quantity").get<std::string>(),
              .name = json.at("name").get<std::string>(),
              .value = number_from(json.at("value")),
              .status = status,
              .formula = json.at("formula").get<std::string>()};
    }
  }
  throw Error("status of a prediction", status_name, "paper, derived or heuristic");
}

}  // namespace

Json parameters_json(const Curve& curve) {
  Json parameters = Json::object();
  for (const auto& [name, value] : curve.parameters) {
    parameters[name] = value;
  }
  return parameters;
}

Json predictions_json(const Curve& curve) {
  Json list = Json::array();
  for (const Prediction& prediction : curve.predicted) {
    Json& json = list.emplace_back();
    json["metric"] = prediction.metric;
    json["quantity"] = prediction.quantity;
    json["name"] = prediction.name;
    json["value"] = number_or_null(prediction.value);
    json["status"] = name_of(prediction.status);
    json["formula"] = prediction.formula;
  }
  return list;
}

Json curve_json(const Curve& curve, const std::vector<std::string>& metrics) {
  Json json;
  json["parameters"] = parameters_json(curve);
  json["horizon"] = number_or_null(curve.horizon);
  Json& points = json["points"] = Json::array();
  for (const Point& point : curve.points) {
    Json& entry = points.emplace_back();
    entry["n"] = point.n;
    for (std::size_t metric = 0; metric < metrics.size(); ++metric) {
      entry[metrics[metric]] = estimate_json(point.metrics[metric]);
    }
  }
  Json& fit = json["fit"] = Json::object();
  for (std::size_t metric = 0; metric < metrics.size(); ++metric) {
    fit[metrics[metric]] = fit_json(curve.fit[metric], curve.intervals[metric]);
  }
  Json& predicted = json["predicted"] = predictions_json(curve);
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const auto metric = std::ranges::find(metrics, curve.predicted[i].metric) - metrics.begin();
    if (const auto excess = slope_excess(curve, static_cast<std::size_t>(metric), curve.predicted[i])) {
      predicted[i]["excess"] = number_or_null(*excess);
    }
  }
  return json;
}

Curve curve_from(const Json& json, const std::vector<std::string>& metrics) {
  Curve curve;
  for (const auto& [name, value] : json.at("parameters").items()) {
    curve.parameters.emplace_back(name, value.get<double>());
  }
  curve.horizon = number_from(json.at("horizon"));
  for (const Json& entry : json.at("points")) {
    Point& point = curve.points.emplace_back(Point{.n = entry.at("n").get<std::int64_t>(), .metrics = {}});
    for (const std::string& metric : metrics) {
      point.metrics.push_back(estimate_from(entry.at(metric)));
    }
  }
  for (const std::string& metric : metrics) {
    const Json& fit = json.at("fit").at(metric);
    curve.fit.push_back(fit_from(fit));
    curve.intervals.push_back(interval_from(fit));
  }
  for (const Json& prediction : json.at("predicted")) {
    curve.predicted.push_back(prediction_from(prediction));
  }
  return curve;
}

}  // namespace asymptoken
