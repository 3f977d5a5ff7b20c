#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asymptoken/fit.hpp"
#include "asymptoken/limit.hpp"

namespace asymptoken {

/// A number measured over replicates.
struct Estimate {
  double mean;
  double standard_deviation;  ///< sample standard deviation over replicates (count - 1); 0 when count is 1
  std::int64_t count;
  double standard_error() const;  ///< standard_deviation / sqrt(count)
};

struct Point {
  std::int64_t n;
  std::vector<std::optional<Estimate>>
      metrics;  ///< in the order of Result::metrics; nothing before the first replicate
};

/// A number that theory gives for a metric of a curve.
struct Prediction {
  std::string metric;
  /// `slope` (of log error on log n), `constant` (error ~ constant n^slope) or `limit` (of the metric itself, for large n)
  std::string quantity;
  std::string name;  ///< such as `guaranteed rate`
  double value;
  Status status;
  std::string formula;
};

struct Curve {
  std::vector<std::pair<std::string, double>> parameters;  ///< such as scale, horizon, radius
  double horizon = 0;
  std::vector<Point> points;
  std::vector<std::optional<PowerLawFit>>
      fit;  ///< in the order of Result::metrics; nothing before three points
  std::vector<std::optional<SlopeInterval>>
      intervals;  ///< of the fits' slopes; nothing in a result that was folded without them
  std::vector<Prediction> predicted;
};

/// Who computed it. Not part of what is compared between machines.
struct Provenance {
  std::string version;
  std::string target;  ///< such as `native`, `wasm`, `node`
  std::string simd;
  double wall_seconds = 0;
};

/// The standard error that the slope of a curve's fit is judged by: the bootstrap's where there is one, else the fit's; 0
/// without a fit.
double slope_standard_error(const Curve& curve, std::size_t metric);

/// By how many of these the measured slope exceeds a predicted one; nothing for other predictions and without a fit.
std::optional<double> slope_excess(const Curve& curve, std::size_t metric, const Prediction& prediction);

/// What an experiment found. `to_json` and `parse_result` are inverse to each other.
struct Result {
  std::string spec_json;
  std::vector<std::string> metrics;
  std::vector<Curve> curves;
  std::int64_t items_done = 0;
  std::int64_t items = 0;  ///< items_done < items: a partial result
  /// The points of a curve come from the same tokens (`tokens.nested`), so they are correlated: the standard errors of fits
  /// then rest on the covariance between points over replicates, otherwise on the scatter about the line.
  bool points_share_tokens = false;
  Provenance provenance;
};

/// {"schema", "spec", "complete", "items", "points_share_tokens", "metrics", "curves": [{"parameters", "horizon",
/// "points": [{"n", METRIC: {"mean", "standard_deviation", "count"}...}], "fit": {METRIC: {"slope", "slope_se", ...,
/// "bootstrap": {"low", "high", "standard_error"}}}, "predicted": [{..., "excess": standard errors by which the slope exceeds
/// it}]}], "provenance"}. Numbers are written with as many digits as it takes to read the same double back.
std::string to_json(const Result& result);

/// Throws Error when the text is not a result of this schema.
Result parse_result(std::string_view json);

/// One line per curve, point and metric: parameters, n, metric, mean, standard_deviation, standard_error, count.
std::string to_csv(const Result& result);

std::string_view version();

}  // namespace asymptoken
