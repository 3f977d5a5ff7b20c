#pragma once

#include <string>
#include <vector>

#include "asymptoken/result.hpp"

namespace asymptoken::native {

/// What a reader is told about an experiment in one line, from its spec.
std::string heading(const Result& result);

/// `horizon H`; for the published experiments also how much larger the horizon on their axes is.
std::string horizon_title(const Result& result);

/// A metric in words: `covariance error` for `covariance`, `supremum of the error` for `supremum`, `gap` for `gap`.
std::string metric_title(const std::string& metric);

/// What kind of line fits are.
std::string fit_title(const Result& result);

/// The parameters that tell the curves apart, or all of them when there is one curve.
std::vector<std::string> telling_parameters(const Result& result);

/// The value of a parameter; NaN when the curve has none of that name.
double parameter_of(const Curve& curve, const std::string& name);

/// Where a prediction comes from, as in `guaranteed rate (paper)`.
std::string prediction_title(const Prediction& prediction);

/// The predictions of a metric, each name once, in the order in which curves list them.
std::vector<Prediction> distinct_predictions(const Result& result, const std::string& metric,
                                             const std::string& quantity);

/// The prediction of that name which the curve has for the metric; null when it has none.
const Prediction* find_prediction(const Curve& curve, const Prediction& like);

/// A predicted slope and a predicted constant of one status belong together: error ~ constant n^slope. This gives the
/// other half of `one`; null when the curve has none.
const Prediction* find_companion(const Curve& curve, const Prediction& one);

}  // namespace asymptoken::native
