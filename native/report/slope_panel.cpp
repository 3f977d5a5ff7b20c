#include <algorithm>
#include <cmath>
#include <limits>

#include "report/captions.hpp"
#include "report/numbers.hpp"
#include "report/palette.hpp"
#include "report/panel.hpp"

namespace asymptoken::native {

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
  draw_axes(svg, frame, x, y, "horizon <tspan font-style='italic'>H</tspan>", "\u2212slope of the fit");

  for (const Prediction& known : predictions) {
    // Predictions are known at the horizons of the curves; straight lines between them guide the eye.
    std::vector<std::pair<double, double>> places;
    for (const Curve& curve : result.curves) {
      const Prediction* prediction = find_prediction(curve, known);
      if (prediction != nullptr && curve.horizon > 0) places.emplace_back(curve.horizon, -prediction->value);
    }
    std::ranges::sort(places);
    std::string points;
    for (const auto& [horizon, rate] : places) {
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
