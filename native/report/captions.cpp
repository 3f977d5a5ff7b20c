#include "report/captions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "report/numbers.hpp"

namespace asymptoken::native {

namespace {

using nlohmann::json;
using namespace nlohmann::literals;

std::string counted(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

bool varies(const Result& result, const std::string& name) {
  const double first = parameter_of(result.curves.front(), name);
  return !std::ranges::all_of(result.curves,
                              [&](const Curve& curve) { return parameter_of(curve, name) == first; });
}

}  // namespace

std::string heading(const Result& result) {
  const json spec = json::parse(result.spec_json, nullptr, false);
  const auto text_at = [&](const char* place) {
    const json::json_pointer pointer(place);
    if (!spec.is_object() || !spec.contains(pointer)) return std::string();
    const json& value = spec.at(pointer);
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  std::string line = text_at("/experiment") + ": " + text_at("/law/type") + " tokens";
  if (const auto dimension = text_at("/law/dimension"); !dimension.empty()) line += ", d = " + dimension;
  if (const auto queries = text_at("/queries/count"); !queries.empty())
    line += ", " + queries + " fresh queries";
  if (const auto context = text_at("/context"); !context.empty())
    line += ", context of " + context + ", " + text_at("/random") + " random keys";
  line += ", " + counted(std::max<std::int64_t>(std::atoll(text_at("/replicates").c_str()), 0), "replicate");
  if (result.points_share_tokens) line += ", tokens shared by all n";
  line += ", seed " + text_at("/seed");
  return line;
}

std::string horizon_title(const Result& result) {
  std::string title = "horizon <tspan font-style='italic'>H</tspan>";
  const json spec = json::parse(result.spec_json, nullptr, false);
  if (spec.is_object() && spec.contains("/attention/weights"_json_pointer) &&
      spec.value("sampled_reference", json()).is_object()) {
    const double published = std::sqrt(spec.at("/law/dimension"_json_pointer).get<double>());
    title +=
        " (published without 1/√d: " + significant(published, 3) + " <tspan font-style='italic'>H</tspan>)";
  }
  return title;
}

std::string metric_title(const std::string& metric) {
  static const std::map<std::string_view, std::string> titles = {
      {"error", "error"},
      {"supremum", "supremum of the error"},
      {"agreement", "agreement of the ascents"},
      {"distance_to_hardmax", "distance to hardmax"},
      {"participation", "participation"},
      {"gap", "gap"},
      {"mean_squared_error", "mean squared error"},
      {"mean_from_limit", "mean error from the limit"},
      {"covariance_from_limit", "covariance error from the limit"},
      {"mean_from_sample", "mean error against the sample"},
      {"covariance_from_sample", "covariance error against the sample"},
  };
  const auto title = titles.find(metric);
  return title == titles.end() ? metric + " error" : title->second;
}

std::string fit_title(const Result& result) {
  const json spec = json::parse(result.spec_json, nullptr, false);
  const auto weights = "/fit/weights"_json_pointer;
  const bool equal = spec.is_object() && spec.contains(weights) && spec.at(weights) == "equal";
  return equal ? "fit with equal weights" : "weighted fit";
}

std::vector<std::string> telling_parameters(const Result& result) {
  std::vector<std::string> all;
  std::vector<std::string> telling;
  if (result.curves.empty()) return all;
  for (const auto& parameter : result.curves.front().parameters) {
    all.push_back(parameter.first);
    if (varies(result, parameter.first)) telling.push_back(parameter.first);
  }
  return telling.empty() ? all : telling;
}

double parameter_of(const Curve& curve, const std::string& name) {
  const auto found = std::ranges::find(curve.parameters, name, &std::pair<std::string, double>::first);
  return found == curve.parameters.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

std::string prediction_title(const Prediction& prediction) {
  return prediction.name + " (" + std::string(name_of(prediction.status)) + ")";
}

std::vector<Prediction> distinct_predictions(const Result& result, const std::string& metric,
                                             const std::string& quantity) {
  std::vector<Prediction> distinct;
  for (const Curve& curve : result.curves) {
    for (const Prediction& prediction : curve.predicted) {
      if (prediction.metric != metric || prediction.quantity != quantity) continue;
      const auto same_name = [&](const Prediction& other) {
        return other.name == prediction.name && other.status == prediction.status;
      };
      if (std::ranges::none_of(distinct, same_name)) distinct.push_back(prediction);
    }
  }
  return distinct;
}

const Prediction* find_prediction(const Curve& curve, const Prediction& like) {
  const auto found = std::ranges::find_if(curve.predicted, [&](const Prediction& prediction) {
    return prediction.metric == like.metric && prediction.quantity == like.quantity &&
           prediction.name == like.name && prediction.status == like.status;
  });
  return found == curve.predicted.end() ? nullptr : &*found;
}

const Prediction* find_companion(const Curve& curve, const Prediction& one) {
  const std::string quantity = one.quantity == "slope" ? "constant" : "slope";
  const auto found = std::ranges::find_if(curve.predicted, [&](const Prediction& other) {
    return other.metric == one.metric && other.quantity == quantity && other.status == one.status;
  });
  return found == curve.predicted.end() ? nullptr : &*found;
}

}  // namespace asymptoken::native
