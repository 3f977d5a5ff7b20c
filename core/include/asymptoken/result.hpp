#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "asymptoken/array.hpp"
#include "asymptoken/fit.hpp"
#include "asymptoken/limit.hpp"

namespace asymptoken {

// ---- What an experiment measures, in words that a table, a picture or a page can write without knowing the experiment --------

enum class Scale : std::uint8_t { linear, logarithmic };

/// What is written beside numbers of one kind.
struct Label {
  std::string title;   ///< in the middle of a sentence, such as `error of the mean`
  std::string symbol;  ///< such as `H`; empty where it has none
  std::string remark;  ///< what a reader should know of it; empty where that is nothing
};

/// What is measured of each curve at each n.
struct Metric {
  std::string id;  ///< such as `mean`; a key of JSON
  Label label;
  Scale scale = Scale::logarithmic;
  std::optional<Label> reciprocal = std::nullopt;  ///< of 1/metric, where that is what a picture shows
  bool is_diagnostic = false;  ///< says how far the others can be trusted: for tables, not for pictures
};

/// What tells curves apart, or what else is known of each.
struct Parameter {
  std::string id;  ///< such as `radius`; a key of JSON
  Label label;
  Scale scale = Scale::logarithmic;
  bool is_swept = true;  ///< it tells the curves apart; otherwise it follows from those that do
};

/// Which of a curve's numbers a trend shows.
enum class TrendKind : std::uint8_t {
  slope,     ///< minus the fitted slope
  constant,  ///< sqrt(n) times the metric at the largest n: the constant of an error that falls as n^-1/2
  value,     ///< the metric at the largest n
};
/// `slope`, `constant` or `value`.
std::string_view name_of(TrendKind kind);

/// A predicted line of a trend.
struct TrendLine {
  std::string prediction;  ///< its id
  std::string title;
  Status status;
  std::string formula;
  std::vector<std::pair<double, double>> points;  ///< as many as make the line smooth, x ascending
};

/// A measured point of a trend.
struct TrendPoint {
  std::size_t curve;
  std::string metric;
  double x;
  double y;
  std::optional<double> standard_error;
};

/// One number of every curve against a parameter: a picture beside the curves. Where a metric is shown by its reciprocal, so
/// it is here.
struct Trend {
  std::string id;
  Label label;
  TrendKind kind = TrendKind::slope;
  std::vector<std::string> metrics = {};
  std::string parameter = {};  ///< on the x axis
  Label x_label = {};
  bool has_reciprocal_x = false;  ///< x is 1/parameter; a curve whose parameter is 0 is left out
  Scale x_scale = Scale::logarithmic;
  Scale y_scale = Scale::logarithmic;
  std::vector<TrendLine> lines = {};
  std::vector<TrendPoint> points = {};  ///< once something has been measured
};

// ---- What it found --------------------------------------------------------------------------------------------------

/// A number measured over replicates.
struct Estimate {
  double mean;
  double standard_deviation;  ///< sample standard deviation over replicates (count - 1); 0 when count is 1
  std::int64_t count;
  double standard_error() const;  ///< standard_deviation / sqrt(count)
};
/// Of 1/metric: 1/mean with the error that it has to first order, standard_error / mean^2.
Estimate reciprocal(const Estimate& estimate);

struct Point {
  std::int64_t n = 0;
  /// In the order of Result::metrics; nothing before the first replicate, and where the metric is not defined.
  std::vector<std::optional<Estimate>> metrics;
};

enum class Quantity : std::uint8_t {
  slope,     ///< of log metric on log n
  constant,  ///< metric ~ constant n^exponent
  limit,     ///< of the metric itself, for large n
};
/// `slope`, `constant` or `limit`.
std::string_view name_of(Quantity quantity);

/// A number that theory gives for a metric of a curve.
struct Prediction {
  std::string
      id;  ///< such as `reference_rate`: the same for every curve of an experiment, and in every version
  std::string metric;
  Quantity quantity;
  std::string title;  ///< such as `reference rate`
  double value;
  double exponent = 0;  ///< of a constant
  Status status;
  std::string formula;
};

using ParameterValue = std::variant<double, std::string>;

struct Curve {
  std::vector<ParameterValue> parameters;  ///< in the order of Result::parameters
  std::vector<Point> points;
  /// In the order of Result::metrics; nothing before three points.
  std::vector<std::optional<PowerLawFit>> fits;
  /// Of the fits' slopes; nothing in a result that was folded without them.
  std::vector<std::optional<SlopeInterval>> intervals;
  std::vector<Prediction> predictions;
};

/// Who computed it. Not part of what is compared between machines.
struct Provenance {
  std::string version;
  std::string target;  ///< such as `native`, `wasm`, `node`
  std::string simd;
  double wall_seconds = 0;
};

/// What an experiment found. `to_json` and `parse_result` are inverse to each other.
struct Result {
  std::string spec_json;
  std::vector<InputDescription> inputs;
  std::string title;  ///< one line: the experiment, its tokens, how much was measured
  std::vector<Metric> metrics;
  std::vector<Parameter> parameters;
  std::vector<Curve> curves;
  std::vector<Trend> trends;
  FitWeights fit_weights = FitWeights::inverse_variance;
  std::int64_t items_done = 0;
  std::int64_t items = 0;  ///< items_done < items: a partial result
  /// The points of a curve come from the same tokens (`tokens.nested`), so they are correlated: the standard errors of fits
  /// then rest on the covariance between points over replicates, otherwise on the scatter about the line.
  bool points_share_tokens = false;
  Provenance provenance;
};

/// Of the metric of that id; throws Error when there is none.
std::size_t metric_index(const Result& result, std::string_view id);
/// Of the parameter of that id; nothing when there is none.
const ParameterValue* find_parameter(const Result& result, const Curve& curve, std::string_view id);

/// The standard error that the slope of a curve's fit is judged by: the bootstrap's where there is one, else the fit's; 0
/// without a fit.
double slope_standard_error(const Curve& curve, std::size_t metric);

/// By how many of these the measured slope exceeds a predicted one; nothing for other predictions and without a fit.
std::optional<double> slope_excess(const Curve& curve, std::size_t metric, const Prediction& prediction);

/// The points of a trend, from what the curves hold.
std::vector<TrendPoint> trend_points(const Result& result, const Trend& trend);

/// The document that schema.json describes as `$defs/Result`. Numbers are written with as many digits as it takes to read the
/// same double back.
std::string to_json(const Result& result);

/// Throws Error, naming the field, when the text is not a result of this schema.
Result parse_result(std::string_view json);

/// One line per curve, point and metric: parameters, n, metric, mean, standard_deviation, standard_error, count.
std::string to_csv(const Result& result);

std::string_view version();

}  // namespace asymptoken
