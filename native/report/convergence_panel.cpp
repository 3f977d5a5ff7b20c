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

std::vector<Mark> marks_of(const Result& result, const Curve& curve, std::size_t metric) {
  std::vector<Mark> marks;
  for (const Point& point : curve.points) {
    if (const auto error = shown(result.metrics[metric], point.metrics[metric]))
      marks.push_back({static_cast<double>(point.n), *error});
  }
  return marks;
}

// A straight line on log-log axes: constant n^slope.
struct PowerLaw {
  double constant;
  double slope;
  double at(double n) const { return constant * std::pow(n, slope); }
};

PowerLaw shown_law(const Metric& metric, double constant, double slope) {
  return metric.reciprocal ? PowerLaw{1 / constant, -slope} : PowerLaw{constant, slope};
}

PowerLaw fitted_law(const Metric& metric, const PowerLawFit& fit) {
  return shown_law(metric, std::exp(fit.intercept), fit.slope);
}

// A predicted slope and a predicted constant of one status belong together where the constant's exponent is that slope.
const Prediction* find_constant(const Curve& curve, const Prediction& slope) {
  const auto found = std::ranges::find_if(curve.predictions, [&](const Prediction& other) {
    return other.metric == slope.metric && other.quantity == Quantity::constant &&
           other.status == slope.status && other.exponent == slope.value;
  });
  return found == curve.predictions.end() ? nullptr : &*found;
}

// A predicted limit is level. A predicted constant fixes the height of the line of a slope; a slope alone is drawn from where
// the fit (or, without one, the measurement) begins.
PowerLaw predicted_law(const Metric& metric, const Curve& curve, const Prediction& prediction,
                       const Mark& first, const std::optional<PowerLawFit>& fit) {
  if (prediction.quantity == Quantity::limit) return shown_law(metric, prediction.value, 0);
  const Prediction* constant = find_constant(curve, prediction);
  if (constant != nullptr && constant->value > 0) return shown_law(metric, constant->value, prediction.value);
  const double slope = shown_slope(metric, prediction.value);
  const double height = fit ? fitted_law(metric, *fit).at(first.n) : first.error.mean;
  return {height / std::pow(first.n, slope), slope};
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

// What tells the curves apart: a symbol and a value for each parameter that does.
std::vector<std::string> key_symbols(const Result& result) {
  std::vector<std::string> symbols;
  for (const std::size_t p : telling_parameters(result)) {
    const Label& label = result.parameters[p].label;
    symbols.push_back(label.symbol.empty() ? escaped(label.title) : italic(escaped(label.symbol)));
  }
  return symbols;
}

std::vector<std::string> key_values(const Result& result, const Curve& curve) {
  std::vector<std::string> values;
  for (const std::size_t p : telling_parameters(result)) {
    values.push_back(typeset(escaped(value_text(curve.parameters[p], 3))));
  }
  return values;
}

// `H = 0.5`, or a word that says it alone.
std::vector<std::string> key_equations(const Result& result, const Curve& curve) {
  const std::vector<std::string> symbols = key_symbols(result);
  std::vector<std::string> equations = key_values(result, curve);
  const std::vector<std::size_t> parameters = telling_parameters(result);
  for (std::size_t k = 0; k < equations.size(); ++k) {
    const bool is_number = std::holds_alternative<double>(curve.parameters[parameters[k]]);
    if (is_number) equations[k] = symbols[k] + " = " + equations[k];
  }
  return equations;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

// A slope or a limit is a line in the picture; a constant is where the line of a slope lies.
std::vector<Prediction> drawn_predictions(const Curve& curve, const std::string& metric) {
  std::vector<Prediction> drawn;
  std::ranges::copy_if(curve.predictions, std::back_inserter(drawn), [&](const Prediction& prediction) {
    return prediction.metric == metric && prediction.quantity != Quantity::constant;
  });
  return drawn;
}

std::string shown_slope_text(const Metric& metric, const Curve& curve, std::size_t index) {
  const std::optional<PowerLawFit>& fit = curve.fits[index];
  return fit ? with_error(shown_slope(metric, fit->slope), slope_standard_error(curve, index)) : "";
}

// Room for everything: parameters, slope, predictions.
SideLabel full_label(const Result& result, std::size_t index, std::size_t metric, double wanted,
                     const std::string& colour) {
  const Curve& curve = result.curves[index];
  const Metric& described = result.metrics[metric];
  SideLabel label{index, wanted, colour, {bold(joined(key_equations(result, curve)))}, ""};
  if (curve.fits[metric])
    label.lines.push_back("slope " + typeset(shown_slope_text(described, curve, metric)));
  for (const Prediction& prediction : drawn_predictions(curve, described.id)) {
    const std::string value = prediction.quantity == Quantity::slope
                                  ? fixed(shown_slope(described, prediction.value), 3)
                                  : significant(shown_law(described, prediction.value, 0).constant, 3);
    label.lines.push_back(pale(escaped(prediction.title) + " " + typeset(value)));
  }
  return label;
}

// One line: parameters, and the slope beside them.
SideLabel short_label(const Result& result, std::size_t index, std::size_t metric, double wanted,
                      const std::string& colour) {
  const Curve& curve = result.curves[index];
  return {index,
          wanted,
          colour,
          {joined(key_values(result, curve))},
          typeset(shown_slope_text(result.metrics[metric], curve, metric))};
}

// Over a column of short labels.
void draw_label_titles(Svg& svg, const Rectangle& frame, const Result& result) {
  svg.text(frame.right() + side_label_left, frame.top - 8, bold(joined(key_symbols(result))));
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
  const Metric& described = result.metrics[metric];
  double least_n = std::numeric_limits<double>::infinity();
  double most_n = 0;
  double least_error = std::numeric_limits<double>::infinity();
  double most_error = 0;
  for (const Curve& curve : result.curves) {
    for (const Mark& mark : marks_of(result, curve, metric)) {
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
            escaped(shown_label(described).title));

  std::vector<SideLabel> labels;
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    const Curve& curve = result.curves[c];
    const std::string colour = curve_colour(c, result.curves.size());
    const auto marks = marks_of(result, curve, metric);
    const auto& fit = curve.fits[metric];
    if (marks.empty()) continue;

    svg.open_group("class='curve'");
    double leaves_at = marks.back().error.mean;
    if (fit) {
      const PowerLaw line = fitted_law(described, *fit);
      draw_power_law(svg, x, y, line, marks.front().n, x.high(), "stroke='" + colour + "' stroke-width='2'");
      leaves_at = line.at(x.high());
    }
    if (with_predictions) {
      for (const Prediction& prediction : drawn_predictions(curve, described.id)) {
        draw_power_law(svg, x, y, predicted_law(described, curve, prediction, marks.front(), fit),
                       marks.front().n, x.high(), prediction_stroke(prediction.status));
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
