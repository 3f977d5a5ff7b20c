#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "asymptoken/result.hpp"
#include "report/axis.hpp"
#include "report/svg.hpp"

namespace asymptoken::native {

// The parts from which a figure is put together. Lengths are in pixels of 1/96 inch.

struct Rectangle {
  double left;
  double top;
  double width;
  double height;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

inline constexpr const char* ink = "#222";
inline constexpr const char* faint_ink = "#666";

/// How a predicted line is drawn, which says where it comes from: dashed (paper), dotted (derived) or both (heuristic).
std::string prediction_stroke(Status status);

/// The frame with ticks, their numbers, faint lines at them, and the titles of the axes.
void draw_axes(Svg& svg, const Rectangle& frame, const Axis& x, const Axis& y, const std::string& x_title,
               const std::string& y_title);

/// A value with a bar of its standard error, cut at the frame.
void draw_error_bar(Svg& svg, const Rectangle& frame, double x, double y_low, double y_high);

/// Text whose minus signs are minus signs.
std::string typeset(std::string text);

/// One metric against n, log-log, a label beside each curve.
void draw_convergence_panel(Svg& svg, const Rectangle& frame, const Result& result, std::size_t metric,
                            bool with_predictions);

/// Whether a trend has points of a metric at more than one place.
bool has_trend(const Trend& trend, const std::string& metric);

/// A trend's points of one metric, with its predicted lines.
void draw_trend_panel(Svg& svg, const Rectangle& frame, const Result& result, const Trend& trend,
                      std::size_t metric);

}  // namespace asymptoken::native
