#include "report/captions.hpp"

#include <algorithm>
#include <cmath>

#include "report/numbers.hpp"

namespace asymptoken::native {

std::string fit_title(const Result& result) {
  return result.fit_weights == FitWeights::equal ? "fit with equal weights" : "weighted fit";
}

std::vector<std::size_t> telling_parameters(const Result& result) {
  std::vector<std::size_t> swept;
  std::vector<std::size_t> telling;
  if (result.curves.empty()) return swept;
  for (std::size_t p = 0; p < result.parameters.size(); ++p) {
    if (!result.parameters[p].is_swept) continue;
    swept.push_back(p);
    const ParameterValue& first = result.curves.front().parameters[p];
    if (std::ranges::any_of(result.curves,
                            [&](const Curve& curve) { return curve.parameters[p] != first; })) {
      telling.push_back(p);
    }
  }
  if (!telling.empty()) return telling;
  if (swept.empty()) {
    for (std::size_t p = 0; p < result.parameters.size(); ++p) swept.push_back(p);
  }
  return swept;
}

std::string value_text(const ParameterValue& value, int digits) {
  const double* number = std::get_if<double>(&value);
  return number != nullptr ? significant(*number, digits) : std::get<std::string>(value);
}

std::string prediction_title(const std::string& title, Status status) {
  return title + " (" + std::string(name_of(status)) + ")";
}

std::vector<Prediction> distinct_predictions(const Result& result, const std::string& metric,
                                             Quantity quantity) {
  std::vector<Prediction> distinct;
  for (const Curve& curve : result.curves) {
    for (const Prediction& prediction : curve.predictions) {
      if (prediction.metric != metric || prediction.quantity != quantity) continue;
      const auto is_same = [&](const Prediction& other) {
        return other.id == prediction.id && other.status == prediction.status;
      };
      if (std::ranges::none_of(distinct, is_same)) distinct.push_back(prediction);
    }
  }
  return distinct;
}

const Prediction* find_prediction(const Curve& curve, const Prediction& like) {
  const auto found = std::ranges::find_if(curve.predictions, [&](const Prediction& prediction) {
    return prediction.metric == like.metric && prediction.id == like.id && prediction.status == like.status;
  });
  return found == curve.predictions.end() ? nullptr : &*found;
}

const Label& shown_label(const Metric& metric) {
  return metric.reciprocal ? *metric.reciprocal : metric.label;
}

std::optional<Estimate> shown(const Metric& metric, const std::optional<Estimate>& measured) {
  if (!measured || !(measured->mean > 0) || !std::isfinite(measured->mean)) return std::nullopt;
  return metric.reciprocal ? reciprocal(*measured) : *measured;
}

double shown_slope(const Metric& metric, double slope) { return metric.reciprocal ? -slope : slope; }

}  // namespace asymptoken::native
