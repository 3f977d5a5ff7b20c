#include <algorithm>
#include <cmath>
#include <limits>

#include "report/captions.hpp"
#include "report/numbers.hpp"
#include "report/palette.hpp"
#include "report/panel.hpp"

namespace asymptoken::native {

namespace {

// Predictions are known at the horizons of the curves; straight lines between them guide the eye. What is derived up to
// some horizon and heuristic from there on is one line: the second part begins where the first ends.
std::vector<std::pair<double, double>> places_of(const Result& result, const Prediction& known) {
  std::vector<std::pair<double, double>> places;
  std::pair<double, double> before{0, 0};
  std::vector<const Curve*> curves;
  for (const Curve& curve : result.curves) {
    if (curve.horizon > 0) curves.push_back(&curve);
  }
  std::ranges::sort(curves, {}, &Curve::horizon);
  for (const Curve* curve : curves) {
    for (const Prediction& prediction : curve->predicted) {
      if (prediction.metric != known.metric || prediction.quantity != known.quantity ||
          prediction.name != known.name)
        continue;
      const std::pair<double, double> place{curve->horizon, -prediction.value};
      if (prediction.status == known.status) {
        if (places.empty() && before.first > 0) places.push_back(before);
        places.push_back(place);
      }
      before = place;
    }
  }
  return places;
}

}  // namespace

void draw_slope_panel(Svg& svg, const Rectangle& frame, const Result& result, std::size_t metric) {
  const auto predictions = distinct_predictions(result, result.metrics[metric], "slope");
  double least_horizon = std::numeric_limits<double>::infinity();
  double most_horizon = 0;
  double most_rate = 0.5;
  double least_rate = 0;
  for (const Curve& curve : result.curves) {
    if (!(curve.horizon > 0)) continue;
    least_horizon = std::min(least_horizon, curve.horizon);
    most_horizon = std::max(most_horizon, curve.horizon);
    if (const auto& fit = curve.fit[metric]) {
      const double error = slope_standard_error(curve, metric);
      most_rate = std::max(most_rate, -fit->slope + error);
      least_rate = std::min(least_rate, -fit->slope - error);
    }
  }
  const Axis x(Axis::Scale::logarithmic, least_horizon, most_horizon, frame.left, frame.right());
  const Axis y(Axis::Scale::linear, least_rate, most_rate, frame.bottom(), frame.top);
  draw_axes(svg, frame, x, y, horizon_title(result), "\u2212slope of the fit");

  for (const Prediction& known : predictions) {
    std::string points;
    for (const auto& [horizon, rate] : places_of(result, known)) {
      if (y.holds(rate)) points += coordinate(x.position(horizon)) + "," + coordinate(y.position(rate)) + " ";
    }
    svg.polyline(points, prediction_stroke(known.status));
  }
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    const Curve& curve = result.curves[c];
    const auto& fit = curve.fit[metric];
    if (!fit || !(curve.horizon > 0)) continue;
    const std::string colour = curve_colour(c, result.curves.size());
    const double place = x.position(curve.horizon);
    svg.open_group("stroke='" + colour + "' stroke-width='1'");
    const double error = slope_standard_error(curve, metric);
    draw_error_bar(svg, frame, place, y.position(-fit->slope - error), y.position(-fit->slope + error));
    svg.close_group();
    svg.circle(place, y.position(-fit->slope), 3.5,
               "class='slope' stroke='#fff' stroke-width='0.6' fill='" + colour + "'",
               "H = " + significant(curve.horizon, 4) + ": slope " + slope_text(curve, metric));
  }
}

}  // namespace asymptoken::native
