#pragma once

#include <optional>
#include <string>
#include <vector>

#include "asymptoken/result.hpp"

namespace asymptoken::native {

// Words for what a result describes. None of this knows an experiment.

/// What kind of line fits are.
std::string fit_title(const Result& result);

/// The parameters that tell the curves apart, or those that could where none does.
std::vector<std::size_t> telling_parameters(const Result& result);

/// A parameter of a curve, as in `0.5` or `window`.
std::string value_text(const ParameterValue& value, int digits);

/// Where a prediction comes from, as in `central limit (derived)`.
std::string prediction_title(const std::string& title, Status status);

/// The predictions of a metric, each id and status once, in the order in which curves list them.
std::vector<Prediction> distinct_predictions(const Result& result, const std::string& metric,
                                             Quantity quantity);

/// The prediction of that id and status which the curve has for the metric; null when it has none.
const Prediction* find_prediction(const Curve& curve, const Prediction& like);

// ---- What a picture shows of a metric: the metric, or its reciprocal ------------------------------------------------------

const Label& shown_label(const Metric& metric);
/// Nothing where it has no place on a logarithmic axis.
std::optional<Estimate> shown(const Metric& metric, const std::optional<Estimate>& measured);
/// Of fitted and predicted slopes.
double shown_slope(const Metric& metric, double slope);

}  // namespace asymptoken::native
