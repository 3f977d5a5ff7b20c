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

// sqrt(n) times the error at the largest n.
struct MeasuredConstant {
  double radius;
  double value;
  double standard_error;  ///< 0 where one replicate has none
  std::int64_t n;
};

// The curves of one head, radius by radius.
struct HeadCurves {
  double horizon;
  std::vector<const Curve*> curves;
};

// The radius of the ball, or the size of the support.
double radius_of(const Curve& curve) {
  const double radius = parameter_of(curve, "radius");
  return std::isnan(radius) ? parameter_of(curve, "support") : radius;
}

bool is_over_support(const Result& result) {
  const auto telling = telling_parameters(result);
  return std::ranges::find(telling, "support") != telling.end();
}

std::vector<HeadCurves> heads_of(const Result& result) {
  std::vector<HeadCurves> heads;
  for (const Curve& curve : result.curves) {
    if (heads.empty() || radius_of(curve) <= radius_of(*heads.back().curves.back())) {
      heads.push_back({curve.horizon, {}});
    }
    heads.back().curves.push_back(&curve);
  }
  return heads;
}

std::optional<MeasuredConstant> measured_constant(const Curve& curve, std::size_t metric) {
  if (curve.points.empty()) return std::nullopt;
  const Point& last = curve.points.back();
  const auto& error = last.metrics[metric];
  if (!error || !(error->mean > 0) || !std::isfinite(error->mean)) return std::nullopt;
  const double root = std::sqrt(static_cast<double>(last.n));
  return MeasuredConstant{radius_of(curve), root * error->mean,
                          error->count > 1 ? root * error->standard_error() : 0.0, last.n};
}

bool has_place(double constant) { return constant > 0 && std::isfinite(constant); }

struct Extent {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  void hold(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

// What the vertical axis has to hold: the measurements, and predictions up to a decade around them.
Extent constants_to_hold(const Result& result, std::size_t metric,
                         const std::vector<Prediction>& predictions) {
  Extent measured;
  for (const Curve& curve : result.curves) {
    if (const auto constant = measured_constant(curve, metric)) {
      measured.hold(constant->value + constant->standard_error);
      measured.hold(std::max(constant->value - constant->standard_error, constant->value / 2));
    }
  }
  Extent extent = measured;
  for (const Curve& curve : result.curves) {
    for (const Prediction& known : predictions) {
      const Prediction* prediction = find_prediction(curve, known);
      if (prediction == nullptr || !has_place(prediction->value)) continue;
      if (measured.most == 0 ||
          (prediction->value < 10 * measured.most && prediction->value > measured.least / 10)) {
        extent.hold(prediction->value);
      }
    }
  }
  return extent;
}

// Predictions are known at the radii of the curves; straight lines between them guide the eye. Returns where the line ends.
std::optional<double> draw_prediction(Svg& svg, const Axis& x, const Axis& y, const HeadCurves& head,
                                      const Prediction& known) {
  std::string points;
  std::optional<double> end;
  for (const Curve* curve : head.curves) {
    const Prediction* prediction = find_prediction(*curve, known);
    if (prediction == nullptr || !has_place(prediction->value) || !y.holds(prediction->value)) continue;
    end = y.position(prediction->value);
    points += coordinate(x.position(radius_of(*curve))) + "," + coordinate(*end) + " ";
  }
  svg.polyline(points, prediction_stroke(known.status));
  return end;
}

void draw_measured(Svg& svg, const Rectangle& frame, const Axis& x, const Axis& y,
                   const std::vector<MeasuredConstant>& constants, const std::string& colour) {
  svg.open_group("stroke='" + colour + "' stroke-width='1'");
  for (const MeasuredConstant& constant : constants) {
    if (constant.standard_error == 0) continue;
    const double low = constant.value - constant.standard_error;
    draw_error_bar(svg, frame, x.position(constant.radius),
                   low > y.low() ? y.position(low) : frame.bottom() + 1,
                   y.position(constant.value + constant.standard_error));
  }
  svg.close_group();
  svg.open_group("fill='" + colour + "' stroke='#fff' stroke-width='0.6'");
  for (const MeasuredConstant& constant : constants) {
    const std::string value = constant.standard_error > 0
                                  ? with_error(constant.value, constant.standard_error)
                                  : significant(constant.value, 6);
    svg.circle(
        x.position(constant.radius), y.position(constant.value), 3.5, "class='constant'",
        "R = " + significant(constant.radius, 4) + ", n = " + std::to_string(constant.n) + ": " + value);
  }
  svg.close_group();
}

}  // namespace

bool has_constants(const Result& result, std::size_t metric) {
  const auto telling = telling_parameters(result);
  const bool is_over_radius = std::ranges::find(telling, "radius") != telling.end() &&
                              !distinct_predictions(result, result.metrics[metric], "constant").empty();
  return result.curves.size() > 1 && (is_over_radius || is_over_support(result));
}

void draw_constant_panel(Svg& svg, const Rectangle& frame, const Result& result, std::size_t metric) {
  const auto predictions = distinct_predictions(result, result.metrics[metric], "constant");
  const Extent extent = constants_to_hold(result, metric, predictions);
  if (extent.most == 0) return;
  Extent radii;
  for (const Curve& curve : result.curves) radii.hold(radius_of(curve));
  // A power of the support's size is a straight line on two logarithmic axes; an exponential of a radius on one.
  const bool over_support = is_over_support(result);
  const Axis x(over_support ? Axis::Scale::logarithmic : Axis::Scale::linear, over_support ? radii.least : 0,
               radii.most, frame.left, frame.right());
  const Axis y(Axis::Scale::logarithmic, extent.least, extent.most, frame.bottom(), frame.top);
  const std::string what = over_support ? "size of the support" : "radius";
  draw_axes(svg, frame, x, y, what + " <tspan font-style='italic'>R</tspan>",
            "\u221a<tspan font-style='italic'>n</tspan> \u00d7 " +
                escaped(metric_title(result.metrics[metric])) +
                ", largest <tspan font-style='italic'>n</tspan>");

  const std::vector<HeadCurves> heads = heads_of(result);
  std::vector<SideLabel> labels;
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const HeadCurves& head = heads[h];
    const std::string colour = curve_colour(h, heads.size());
    for (const Prediction& known : predictions) {
      const auto end = draw_prediction(svg, x, y, head, known);
      // Of several heads the last one's lines are named.
      if (!end || h + 1 < heads.size()) continue;
      labels.push_back({.curve = h,
                        .wanted = *end,
                        .colour = ink,
                        .lines = {escaped(prediction_title(known))},
                        .aside = "",
                        .stroke = prediction_stroke(known.status)});
    }
    std::vector<MeasuredConstant> constants;
    for (const Curve* curve : head.curves) {
      if (const auto constant = measured_constant(*curve, metric)) constants.push_back(*constant);
    }
    if (constants.empty()) continue;
    draw_measured(svg, frame, x, y, constants, colour);
    const std::string name =
        heads.size() > 1 ? "<tspan font-style='italic'>H</tspan> = " + typeset(significant(head.horizon, 3))
                         : "measured";
    labels.push_back({.curve = h,
                      .wanted = y.position(constants.back().value),
                      .colour = colour,
                      .lines = {name},
                      .aside = ""});
  }
  svg.open_group(std::string("font-size='10.5' fill='") + ink + "'");
  draw_side_labels(svg, frame, std::move(labels));
  svg.close_group();
}

}  // namespace asymptoken::native
