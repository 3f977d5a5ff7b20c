#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "report/captions.hpp"
#include "report/numbers.hpp"
#include "report/palette.hpp"
#include "report/panel.hpp"
#include "report/side_labels.hpp"

namespace asymptoken::native {

namespace {

struct Extent {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
  void hold(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

std::vector<TrendPoint> points_of(const Trend& trend, const std::string& metric) {
  std::vector<TrendPoint> points;
  for (const TrendPoint& point : trend.points) {
    const bool has_place = std::isfinite(point.y) && (trend.x_scale == Scale::linear || point.x > 0) &&
                           (trend.y_scale == Scale::linear || point.y > 0);
    if (point.metric == metric && has_place) points.push_back(point);
  }
  return points;
}

// What the vertical axis has to hold: the measurements, and predictions that are not far from them.
Extent heights_to_hold(const Trend& trend, const std::vector<TrendPoint>& points) {
  Extent measured;
  for (const TrendPoint& point : points) {
    const double error = point.standard_error.value_or(0);
    measured.hold(point.y + error);
    measured.hold(trend.y_scale == Scale::linear ? point.y - error : std::max(point.y - error, point.y / 2));
  }
  Extent extent = measured;
  for (const TrendLine& line : trend.lines) {
    for (const auto& [x, y] : line.points) {
      const bool is_near =
          trend.y_scale == Scale::linear || (y < 10 * measured.most && y > measured.least / 10);
      if (std::isfinite(y) && is_near) extent.hold(y);
    }
  }
  // Rates are looked at from 0 on.
  if (trend.y_scale == Scale::linear) extent.hold(0);
  return extent;
}

std::string height_title(const Trend& trend, const Metric& metric) {
  const std::string title = escaped(shown_label(metric).title);
  switch (trend.kind) {
    case TrendKind::slope:
      return "\u2212slope of the fit";
    case TrendKind::constant:
      return "\u221a<tspan font-style='italic'>n</tspan> \u00d7 " + title +
             ", largest <tspan font-style='italic'>n</tspan>";
    case TrendKind::value:
      break;
  }
  return title + ", largest <tspan font-style='italic'>n</tspan>";
}

std::string place_title(const Label& label) {
  std::string title = escaped(label.title);
  if (!label.symbol.empty()) title += " <tspan font-style='italic'>" + escaped(label.symbol) + "</tspan>";
  return label.remark.empty() ? title : title + " (" + escaped(label.remark) + ")";
}

// Returns where the line ends.
std::optional<double> draw_line(Svg& svg, const Axis& x, const Axis& y, const TrendLine& line) {
  std::string points;
  std::optional<double> end;
  for (const auto& [place, height] : line.points) {
    if (!std::isfinite(height) || !y.holds(height) || !x.holds(place)) continue;
    end = y.position(height);
    points += coordinate(x.position(place)) + "," + coordinate(*end) + " ";
  }
  svg.polyline(points, prediction_stroke(line.status));
  return end;
}

}  // namespace

bool has_trend(const Trend& trend, const std::string& metric) {
  const std::vector<TrendPoint> points = points_of(trend, metric);
  return std::ranges::any_of(points, [&](const TrendPoint& point) { return point.x != points.front().x; });
}

void draw_trend_panel(Svg& svg, const Rectangle& frame, const Result& result, const Trend& trend,
                      std::size_t metric) {
  const std::vector<TrendPoint> points = points_of(trend, result.metrics[metric].id);
  Extent places;
  for (const TrendPoint& point : points) places.hold(point.x);
  if (trend.x_scale == Scale::linear) places.hold(0);
  const Extent heights = heights_to_hold(trend, points);
  const auto scale_of = [](Scale scale) {
    return scale == Scale::linear ? Axis::Scale::linear : Axis::Scale::logarithmic;
  };
  const Axis x(scale_of(trend.x_scale), places.least, places.most, frame.left, frame.right());
  const Axis y(scale_of(trend.y_scale), heights.least, heights.most, frame.bottom(), frame.top);
  draw_axes(svg, frame, x, y, place_title(trend.x_label), height_title(trend, result.metrics[metric]));

  std::vector<SideLabel> labels;
  for (const TrendLine& line : trend.lines) {
    const auto end = draw_line(svg, x, y, line);
    const std::string title = escaped(prediction_title(line.title, line.status));
    const auto is_same = [&](const SideLabel& label) { return label.lines.front() == title; };
    // The same line of several heads is named once, at the last.
    if (end) std::erase_if(labels, is_same);
    if (end) {
      labels.push_back({.curve = 0,
                        .wanted = *end,
                        .colour = ink,
                        .lines = {title},
                        .aside = "",
                        .stroke = prediction_stroke(line.status)});
    }
  }
  for (const TrendPoint& point : points) {
    const std::string colour = curve_colour(point.curve, result.curves.size());
    const double place = x.position(point.x);
    const double error = point.standard_error.value_or(0);
    if (error > 0) {
      const double low = point.y - error;
      svg.open_group("stroke='" + colour + "' stroke-width='1'");
      draw_error_bar(svg, frame, place, low > y.low() ? y.position(low) : frame.bottom() + 1,
                     y.position(point.y + error));
      svg.close_group();
    }
    const std::string value = error > 0 ? with_error(point.y, error) : significant(point.y, 6);
    svg.circle(place, y.position(point.y), 3.5,
               "class='trend-point' stroke='#fff' stroke-width='0.6' fill='" + colour + "'",
               trend.x_label.symbol + " = " + significant(point.x, 4) + ": " + value);
  }
  svg.open_group(std::string("font-size='10.5' fill='") + ink + "'");
  draw_side_labels(svg, frame, std::move(labels));
  svg.close_group();
}

}  // namespace asymptoken::native
