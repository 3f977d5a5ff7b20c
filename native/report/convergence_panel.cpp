#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
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

// A measured point that has a place on a logarithmic axis.
struct Mark {
  double n;
  Estimate error;
};

std::vector<Mark> marks_of(const Curve& curve, std::size_t metric) {
  std::vector<Mark> marks;
  for (const Point& point : curve.points) {
    const auto& error = point.metrics[metric];
    if (error && error->mean > 0 && std::isfinite(error->mean))
      marks.push_back({static_cast<double>(point.n), *error});
  }
  return marks;
}

double fitted(const PowerLawFit& fit, double n) { return std::exp(fit.intercept + fit.slope * std::log(n)); }

// A straight line on log-log axes: constant n^slope.
struct PowerLaw {
  double constant;
  double slope;
  double at(double n) const { return constant * std::pow(n, slope); }
};

// A predicted limit is level. A predicted constant fixes the height of the predicted line of the same status; a slope alone
// is drawn from where the fit (or, without one, the measurement) begins.
PowerLaw predicted_line(const Curve& curve, const Prediction& slope, const Mark& first,
                        const std::optional<PowerLawFit>& fit) {
  if (slope.quantity == "limit") return {slope.value, 0};
  const Prediction* constant = find_companion(curve, slope);
  if (constant != nullptr && constant->value > 0) return {constant->value, slope.value};
  const double height = fit ? fitted(*fit, first.n) : first.error.mean;
  return {height / std::pow(first.n, slope.value), slope.value};
}

// Draws the part of the line that lies inside the frame.
void draw_power_law(Svg& svg, const Axis& x, const Axis& y, const PowerLaw& law, double from, double to,
                    const std::string& stroke) {
  const auto n_at = [&](double height) { return std::pow(height / law.constant, 1 / law.slope); };
  if (law.slope < 0) {
    from = std::max(from, n_at(y.high()));
    to = std::min(to, n_at(y.low()));
  } else if (law.slope > 0) {
    from = std::max(from, n_at(y.low()));
    to = std::min(to, n_at(y.high()));
  } else if (!y.holds(law.constant)) {
    return;
  }
  if (from < to)
    svg.line(x.position(from), y.position(law.at(from)), x.position(to), y.position(law.at(to)), stroke);
}

std::string italic(const std::string& symbol) { return "<tspan font-style='italic'>" + symbol + "</tspan>"; }

std::string bold(const std::string& markup) { return "<tspan font-weight='bold'>" + markup + "</tspan>"; }

std::string pale(const std::string& markup) {
  return "<tspan fill='" + std::string(faint_ink) + "'>" + markup + "</tspan>";
}

// What tells the curves apart in a picture: the horizon where it varies, since that is what a scale does, then
// whatever else varies.
struct CurveKey {
  explicit CurveKey(const Result& result) : parameters(telling_parameters(result)) {
    const double first = result.curves.front().horizon;
    has_horizon =
        std::ranges::any_of(result.curves, [&](const Curve& curve) { return curve.horizon != first; });
    if (has_horizon) std::erase(parameters, "horizon");
    if (has_horizon) std::erase(parameters, "scale");
    has_horizon = has_horizon || parameters.empty();
    // The horizon of a wider support is its square; one of the two tells the curves apart.
    if (std::ranges::find(parameters, "support") != parameters.end()) has_horizon = false;
  }

  std::vector<std::string> symbols() const {
    std::vector<std::string> all;
    if (has_horizon) all.push_back(italic("H"));
    for (const std::string& name : parameters) {
      const bool is_size = name == "radius" || name == "support";
      all.push_back(is_size ? italic("R") : name == "temperature" ? italic("T") : escaped(name));
    }
    return all;
  }
  std::vector<std::string> values(const Curve& curve) const {
    std::vector<std::string> all;
    if (has_horizon) all.push_back(typeset(significant(curve.horizon, 3)));
    for (const std::string& name : parameters) {
      const double value = parameter_of(curve, name);
      all.push_back(name == "window" ? kind_of_keys(value) : typeset(significant(value, 3)));
    }
    return all;
  }
  // `H = 0.5`, or a word that says it alone.
  std::vector<std::string> equations(const Curve& curve) const {
    std::vector<std::string> all = symbols();
    const auto right = values(curve);
    for (std::size_t k = 0; k < all.size(); ++k)
      all[k] = all[k] == "window" ? right[k] : all[k] + " = " + right[k];
    return all;
  }

  static std::string kind_of_keys(double window) { return window != 0 ? "windows" : "i.i.d."; }

  std::vector<std::string> parameters;
  bool has_horizon = false;
};

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

// A slope or a limit is a line in the picture; a constant is where the line of a slope lies.
std::vector<Prediction> drawn_predictions(const Curve& curve, const std::string& metric) {
  std::vector<Prediction> drawn;
  std::ranges::copy_if(curve.predicted, std::back_inserter(drawn), [&](const Prediction& prediction) {
    return prediction.metric == metric && prediction.quantity != "constant";
  });
  return drawn;
}

// Room for everything: parameters, slope, predictions.
SideLabel full_label(const Result& result, std::size_t index, std::size_t metric, double wanted,
                     const std::string& colour) {
  const Curve& curve = result.curves[index];
  SideLabel label{index, wanted, colour, {bold(joined(CurveKey(result).equations(curve)))}, ""};
  if (const auto& fit = curve.fit[metric])
    label.lines.push_back("slope " + typeset(slope_text(curve, metric)));
  for (const Prediction& prediction : drawn_predictions(curve, result.metrics[metric])) {
    const std::string value =
        prediction.quantity == "slope" ? fixed(prediction.value, 3) : significant(prediction.value, 3);
    label.lines.push_back(pale(escaped(prediction.name) + " " + typeset(value)));
  }
  return label;
}

// One line: parameters, and the slope beside them.
SideLabel short_label(const Result& result, std::size_t index, std::size_t metric, double wanted,
                      const std::string& colour) {
  const Curve& curve = result.curves[index];
  const auto& fit = curve.fit[metric];
  return {index,
          wanted,
          colour,
          {joined(CurveKey(result).values(curve))},
          fit ? typeset(slope_text(curve, metric)) : ""};
}

// Over a column of short labels.
void draw_label_titles(Svg& svg, const Rectangle& frame, const Result& result) {
  svg.text(frame.right() + side_label_left, frame.top - 8, bold(joined(CurveKey(result).symbols())));
  svg.text(frame.right() + side_label_aside_left, frame.top - 8, bold("slope"));
}

std::string tooltip(const Mark& mark) {
  const std::string value = mark.error.count > 1 ? with_error(mark.error.mean, mark.error.standard_error())
                                                 : significant(mark.error.mean, 6);
  return "n = " + fixed(mark.n, 0) + ": " + value + " (" + std::to_string(mark.error.count) + ")";
}

}  // namespace

void draw_convergence_panel(Svg& svg, const Rectangle& frame, const Result& result, std::size_t metric,
                            bool with_predictions) {
  double least_n = std::numeric_limits<double>::infinity();
  double most_n = 0;
  double least_error = std::numeric_limits<double>::infinity();
  double most_error = 0;
  for (const Curve& curve : result.curves) {
    for (const Mark& mark : marks_of(curve, metric)) {
      least_n = std::min(least_n, mark.n);
      most_n = std::max(most_n, mark.n);
      const double spread = mark.error.standard_error();
      // A bar may reach down to zero, which has no place here; it is cut at half the value.
      least_error = std::min(least_error, std::max(mark.error.mean - spread, mark.error.mean / 2));
      most_error = std::max(most_error, mark.error.mean + spread);
    }
  }
  if (most_n == 0) {
    svg.rectangle(frame.left, frame.top, frame.width, frame.height, "fill='none' stroke='#222'");
    svg.text(frame.left + frame.width / 2, frame.top + frame.height / 2, "nothing measured yet",
             "text-anchor='middle'");
    return;
  }
  const Axis x(Axis::Scale::logarithmic, least_n, most_n, frame.left, frame.right());
  const Axis y(Axis::Scale::logarithmic, least_error, most_error, frame.bottom(), frame.top);
  draw_axes(svg, frame, x, y, "number of tokens <tspan font-style='italic'>n</tspan>",
            escaped(metric_title(result.metrics[metric])));

  std::vector<SideLabel> labels;
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    const Curve& curve = result.curves[c];
    const std::string colour = curve_colour(c, result.curves.size());
    const auto marks = marks_of(curve, metric);
    const auto& fit = curve.fit[metric];
    if (marks.empty()) continue;

    svg.open_group("class='curve'");
    double leaves_at = marks.back().error.mean;
    if (fit) {
      const PowerLaw line{std::exp(fit->intercept), fit->slope};
      draw_power_law(svg, x, y, line, marks.front().n, x.high(), "stroke='" + colour + "' stroke-width='2'");
      leaves_at = line.at(x.high());
    }
    if (with_predictions) {
      for (const Prediction& prediction : drawn_predictions(curve, result.metrics[metric])) {
        draw_power_law(svg, x, y, predicted_line(curve, prediction, marks.front(), fit), marks.front().n,
                       x.high(), prediction_stroke(prediction.status));
      }
    }
    svg.open_group("stroke='" + colour + "' stroke-width='1'");
    for (const Mark& mark : marks) {
      if (mark.error.count < 2) continue;
      const double error = mark.error.standard_error();
      const double low = mark.error.mean - error;
      draw_error_bar(svg, frame, x.position(mark.n), low > y.low() ? y.position(low) : frame.bottom() + 1,
                     y.position(mark.error.mean + error));
    }
    svg.close_group();
    svg.open_group("fill='" + colour + "' stroke='#fff' stroke-width='0.6'");
    for (const Mark& mark : marks) {
      svg.circle(x.position(mark.n), y.position(mark.error.mean), 3, "class='point'", tooltip(mark));
    }
    svg.close_group();
    svg.close_group();
    const double wanted = std::clamp(y.position(leaves_at), frame.top, frame.bottom());
    labels.push_back(with_predictions ? full_label(result, c, metric, wanted, colour)
                                      : short_label(result, c, metric, wanted, colour));
  }
  svg.open_group(std::string("font-size='10.5' fill='") + ink + "'");
  if (!with_predictions) draw_label_titles(svg, frame, result);
  draw_side_labels(svg, frame, std::move(labels));
  svg.close_group();
}

}  // namespace asymptoken::native
