#include "report/table.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "report/captions.hpp"
#include "report/numbers.hpp"

namespace asymptoken::native {

namespace {

using Cells = std::vector<std::string>;

// Columns on a terminal: code points, of which all bytes but the continuing ones begin one.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

std::string aligned(const std::vector<Cells>& lines) {
  std::vector<std::size_t> widths;
  for (const Cells& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t column = 0; column < line.size(); ++column) {
      widths[column] = std::max(widths[column], width_of(line[column]));
    }
  }
  std::string text;
  for (const Cells& line : lines) {
    for (std::size_t column = 0; column < line.size(); ++column) {
      text += "  " + line[column];
      if (column + 1 < line.size()) text.append(widths[column] - width_of(line[column]), ' ');
    }
    text += "\n";
  }
  return text;
}

std::string measured(const Curve& curve, std::size_t point, std::size_t metric) {
  if (point >= curve.points.size()) return "-";
  const auto& estimate = curve.points[point].metrics[metric];
  if (!estimate) return "-";
  if (estimate->count < 2) return significant(estimate->mean, 4);
  return with_error(estimate->mean, estimate->standard_error());
}

// How many standard errors lie between what was measured and what was predicted.
std::string distance(double errors) {
  const std::string text = fixed(errors, 1);
  return " (" + std::string(text.starts_with('-') ? "" : "+") + text + " se)";
}

std::string compared(const Curve& curve, const Prediction* prediction, std::size_t metric) {
  if (prediction == nullptr) return "-";
  std::string text = significant(prediction->value, 4);
  if (prediction->quantity == Quantity::slope) {
    const auto excess = slope_excess(curve, metric, *prediction);
    return excess ? text + distance(*excess) : text;
  }
  if (curve.points.empty()) return text;
  const Point& last = curve.points.back();
  const auto& estimate = last.metrics[metric];
  if (!estimate || estimate->count < 2) return text;
  double predicted = prediction->value;
  if (prediction->quantity == Quantity::constant) {
    predicted *= std::pow(static_cast<double>(last.n), prediction->exponent);
  }
  const double error = estimate->standard_error();
  return error > 0 ? text + distance((estimate->mean - predicted) / error) : text;
}

// What tells the curves apart, then what else is known of them.
std::vector<std::size_t> columns_of(const Result& result) {
  std::vector<std::size_t> columns = telling_parameters(result);
  for (std::size_t p = 0; p < result.parameters.size(); ++p) {
    if (!result.parameters[p].is_swept && std::ranges::find(columns, p) == columns.end())
      columns.push_back(p);
  }
  return columns;
}

std::string metric_table(const Result& result, std::size_t metric) {
  const Metric& described = result.metrics[metric];
  const std::vector<std::size_t> parameters = columns_of(result);
  std::vector<Prediction> predictions;
  for (const Quantity quantity : {Quantity::slope, Quantity::constant, Quantity::limit}) {
    const auto some = distinct_predictions(result, described.id, quantity);
    predictions.insert(predictions.end(), some.begin(), some.end());
  }

  const auto& points = result.curves.front().points;
  Cells titles;
  for (const std::size_t p : parameters) titles.push_back(result.parameters[p].label.title);
  const bool several = points.size() > 1;
  if (!points.empty()) titles.push_back("at n = " + std::to_string(points.front().n));
  if (several) titles.push_back("at n = " + std::to_string(points.back().n));
  titles.emplace_back("fitted slope");
  for (const Prediction& prediction : predictions) {
    titles.push_back(prediction_title(prediction.title, prediction.status));
  }

  std::vector<Cells> lines = {titles};
  for (const Curve& curve : result.curves) {
    Cells line;
    for (const std::size_t p : parameters) line.push_back(value_text(curve.parameters[p], 4));
    if (!points.empty()) line.push_back(measured(curve, 0, metric));
    if (several) line.push_back(measured(curve, points.size() - 1, metric));
    line.push_back(slope_text(curve, metric));
    for (const Prediction& prediction : predictions) {
      line.push_back(compared(curve, find_prediction(curve, prediction), metric));
    }
    lines.push_back(line);
  }
  const std::string& remark = described.label.remark;
  return described.label.title + (remark.empty() ? "" : " (" + remark + ")") + "\n" + aligned(lines);
}

std::string legend(const Result& result) {
  // The same prediction usually stands under several metrics; it is explained once.
  std::map<std::string, std::vector<std::string>> formulas;
  for (const Curve& curve : result.curves) {
    for (const Prediction& prediction : curve.predictions) {
      auto& known = formulas[prediction_title(prediction.title, prediction.status)];
      if (std::ranges::find(known, prediction.formula) == known.end()) known.push_back(prediction.formula);
    }
  }
  const bool has_intervals = std::ranges::any_of(result.curves, [](const Curve& curve) {
    return std::ranges::any_of(curve.intervals, [](const auto& interval) { return interval.has_value(); });
  });
  const std::string source = has_intervals                ? "bootstrap over replicates"
                             : result.points_share_tokens ? "covariance of its points over them"
                                                          : "scatter about the line";
  std::vector<Cells> lines = {
      {"±", "standard error over replicates; of a slope, from the " + source},
      {"se", "how many of its standard errors the fitted slope lies from the predicted one;"},
      {"", "beside a constant: the value at the largest n from constant x n^slope; beside a limit: from it"}};
  for (const auto& [title, known] : formulas) {
    std::string text;
    for (const std::string& formula : known) text += (text.empty() ? "" : " or ") + formula;
    lines.push_back({title, text});
  }
  for (const Parameter& parameter : result.parameters) {
    if (!parameter.label.remark.empty()) lines.push_back({parameter.label.title, parameter.label.remark});
  }
  return aligned(lines);
}

}  // namespace

std::string table(const Result& result) {
  std::string text = result.title + "\n";
  if (result.items_done < result.items) {
    text +=
        "partial: " + std::to_string(result.items_done) + " of " + std::to_string(result.items) + " items\n";
  }
  text += "\n";
  if (result.curves.empty()) return text;
  for (std::size_t metric = 0; metric < result.metrics.size(); ++metric)
    text += metric_table(result, metric) + "\n";
  return text + legend(result);
}

}  // namespace asymptoken::native
