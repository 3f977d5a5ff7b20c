#include "report/figure.hpp"

#include <algorithm>

#include "report/captions.hpp"
#include "report/panel.hpp"

namespace asymptoken::native {

namespace {

constexpr double panel_width = 320;
constexpr double convergence_height = 300;
constexpr double trend_height = 210;
constexpr double left_margin = 68;    // numbers and title of the y axis
constexpr double right_margin = 186;  // labels of the curves
constexpr double top_margin = 44;     // heading
constexpr double column_titles = 14;  // of short labels, under it
constexpr double bottom_margin = 50;  // numbers and title of the x axis
constexpr double row_gap = 14;
constexpr double legend_height = 30;

// More metrics than this stand in two columns, as a page is higher than wide.
constexpr std::size_t most_columns = 3;

// With more curves than this, predicted lines of each would hide the measurements.
constexpr std::size_t most_curves_with_predictions = 4;

// What stands in the legend: a sample of width 26 and its text.
struct LegendEntry {
  std::string text;
  std::string stroke;  ///< of the sample line; empty for a point with an error bar
};

double width_of(const LegendEntry& entry) {
  // No font is at hand to measure with; 5.6 pixels a character is the mean at this size, on the safe side.
  return 26 + 6 + 5.6 * static_cast<double>(entry.text.size()) + 22;
}

std::vector<LegendEntry> legend_entries(const Result& result) {
  std::vector<LegendEntry> entries = {{"mean and standard error over replicates", ""},
                                      {fit_title(result) + ", its slope ± standard error beside it",
                                       std::string("stroke='") + ink + "' stroke-width='2'"}};
  for (const Metric& metric : result.metrics) {
    for (const Quantity quantity : {Quantity::slope, Quantity::limit}) {
      for (const Prediction& prediction : distinct_predictions(result, metric.id, quantity)) {
        const std::string text = prediction_title(prediction.title, prediction.status);
        if (std::ranges::none_of(entries, [&](const LegendEntry& entry) { return entry.text == text; })) {
          entries.push_back({text, prediction_stroke(prediction.status)});
        }
      }
    }
  }
  return entries;
}

// Returns how many rows it took.
int draw_legend(Svg& svg, const std::vector<LegendEntry>& entries, double left, double top, double width) {
  double x = left;
  int rows = 1;
  for (const LegendEntry& entry : entries) {
    if (x > left && x + width_of(entry) > left + width) {
      x = left;
      top += 18;
      ++rows;
    }
    if (entry.stroke.empty()) {
      svg.line(x + 13, top - 8, x + 13, top + 8, std::string("stroke='") + ink + "'");
      svg.line(x + 10.5, top - 8, x + 15.5, top - 8, std::string("stroke='") + ink + "'");
      svg.line(x + 10.5, top + 8, x + 15.5, top + 8, std::string("stroke='") + ink + "'");
      // Not a circle: those are measurements.
      svg.rectangle(x + 10, top - 3, 6, 6, std::string("rx='3' fill='") + ink + "'");
    } else {
      svg.line(x, top, x + 26, top, entry.stroke);
    }
    svg.text(x + 32, top + 4, escaped(entry.text), std::string("fill='") + ink + "'");
    x += width_of(entry);
  }
  return rows;
}

// How far the others can be trusted stands in the table; a picture is of what was found.
std::vector<std::size_t> drawn_metrics(const Result& result) {
  std::vector<std::size_t> drawn;
  for (std::size_t metric = 0; metric < result.metrics.size(); ++metric) {
    if (!result.metrics[metric].is_diagnostic) drawn.push_back(metric);
  }
  return drawn;
}

}  // namespace

std::string figure(const Result& result) {
  const bool with_predictions = result.curves.size() <= most_curves_with_predictions;
  const std::vector<std::size_t> metrics = drawn_metrics(result);

  Svg content;
  const double column = left_margin + panel_width + right_margin;
  const double top = top_margin + (with_predictions ? 0 : column_titles);
  const std::size_t columns = metrics.size() > most_columns ? 2 : std::max<std::size_t>(metrics.size(), 1);
  double row_top = top;
  double bottom = top;
  for (std::size_t place = 0; place < metrics.size(); ++place) {
    const std::size_t metric = metrics[place];
    const std::string name = "data-metric='" + escaped(result.metrics[metric].id) + "'";
    if (place > 0 && place % columns == 0) {
      row_top = bottom + row_gap + (with_predictions ? 0 : column_titles);
    }
    Rectangle frame{left_margin + column * static_cast<double>(place % columns), row_top, panel_width,
                    convergence_height};
    content.open_group("class='convergence' " + name);
    draw_convergence_panel(content, frame, result, metric, with_predictions);
    content.close_group();
    double end = frame.bottom() + bottom_margin;
    for (const Trend& trend : result.trends) {
      const std::string& id = result.metrics[metric].id;
      if (std::ranges::find(trend.metrics, id) == trend.metrics.end() || !has_trend(trend, id)) continue;
      frame.top = end + row_gap;
      frame.height = trend_height;
      content.open_group("class='trend' data-trend='" + escaped(trend.id) + "' " + name);
      draw_trend_panel(content, frame, result, trend, metric);
      content.close_group();
      end = frame.bottom() + bottom_margin;
    }
    bottom = std::max(bottom, end);
  }
  const double width = column * static_cast<double>(columns);
  const int rows =
      draw_legend(content, legend_entries(result), left_margin, bottom + 12, width - left_margin);
  const double height = bottom + legend_height + 18 * (rows - 1);

  std::string title = result.title;
  if (result.items_done < result.items) {
    title += " (" + std::to_string(result.items_done) + " of " + std::to_string(result.items) + " items)";
  }
  Svg svg;
  svg.rectangle(0, 0, width, height, "fill='#fff'");
  std::string markup = escaped(title);
  if (const std::size_t place = markup.find(" d = "); place != std::string::npos) {
    markup.replace(place + 1, 1, "<tspan font-style='italic'>d</tspan>");
  }
  svg.text(left_margin, 22, markup, std::string("font-size='13' font-weight='bold' fill='") + ink + "'");
  svg.append(content);
  return svg.document(width, height, title);
}

}  // namespace asymptoken::native
