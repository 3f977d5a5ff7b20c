#include "asymptoken/result.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "asymptoken/error.hpp"
#include "result/curve_json.hpp"

namespace asymptoken {

double Estimate::standard_error() const { return standard_deviation / std::sqrt(static_cast<double>(count)); }

double slope_standard_error(const Curve& curve, std::size_t metric) {
  const std::optional<PowerLawFit>& fit = curve.fit[metric];
  const std::optional<SlopeInterval>& interval = curve.intervals[metric];
  if (interval) {
    return interval->standard_error;
  }
  return fit ? fit->slope_se : 0.0;
}

std::optional<double> slope_excess(const Curve& curve, std::size_t metric, const Prediction& prediction) {
  if (prediction.quantity != "slope" || metric >= curve.fit.size()) {
    return std::nullopt;
  }
  const std::optional<PowerLawFit>& fit = curve.fit[metric];
  const double error = slope_standard_error(curve, metric);
  if (!fit || !(error > 0.0)) {
    return std::nullopt;
  }
  return (fit->slope - prediction.value) / error;
}

std::string_view version() { return ASYMPTOKEN_VERSION; }

std::string to_json(const Result& result) {
  Json curves = Json::array();
  for (const Curve& curve : result.curves) {
    curves.push_back(curve_json(curve, result.metrics));
  }
  Json document;
  document["schema"] = 1;
  document["spec"] = parse_json(result.spec_json, "spec");
  document["complete"] = result.items_done == result.items;
  Json& items = document["items"];
  items["done"] = result.items_done;
  items["total"] = result.items;
  document["points_share_tokens"] = result.points_share_tokens;
  document["metrics"] = result.metrics;
  document["curves"] = std::move(curves);
  Json& provenance = document["provenance"];
  provenance["version"] = result.provenance.version;
  provenance["target"] = result.provenance.target;
  provenance["simd"] = result.provenance.simd;
  provenance["wall_seconds"] = result.provenance.wall_seconds;
  return document.dump(1);
}

Result parse_result(std::string_view text) {
  const Json document = parse_json(text, "result");
  if (!document.is_object() || !document.contains("schema") || !document.contains("curves")) {
    throw Error("result", quote(document),
                "an object with schema, spec, metrics and curves, as `run` writes it");
  }
  if (document.at("schema") != 1) {
    throw Error("schema", quote(document.at("schema")), "1");
  }
  try {
    Result result;
    result.spec_json = document.at("spec").dump();
    result.metrics = document.at("metrics").get<std::vector<std::string>>();
    for (const Json& curve : document.at("curves")) {
      result.curves.push_back(curve_from(curve, result.metrics));
    }
    result.items_done = document.at("items").at("done").get<std::int64_t>();
    result.items = document.at("items").at("total").get<std::int64_t>();
    result.points_share_tokens = document.value("points_share_tokens", false);
    const Json& provenance = document.at("provenance");
    result.provenance = {.version = provenance.at("version").get<std::string>(),
                         .target = provenance.at("target").get<std::string>(),
                         .simd = provenance.at("simd").get<std::string>(),
                         .wall_seconds = provenance.at("wall_seconds").get<double>()};
    return result;
  } catch (const Json::exception& problem) {
    throw Error("result", "not a complete result (" + std::string(problem.what()) + ")",
                "a document as `run` writes it");
  }
}

}  // namespace asymptoken
