#include "report/panel.hpp"

#include <algorithm>

namespace asymptoken::native {

std::string prediction_stroke(Status status) {
  const char* dashes = status == Status::paper ? "7 4" : status == Status::derived ? "1.5 3" : "7 3 1.5 3";
  return std::string("stroke='") + ink + "' stroke-width='1.1' stroke-dasharray='" + dashes + "'";
}

void draw_axes(Svg& svg, const Rectangle& frame, const Axis& x, const Axis& y, const std::string& x_title,
               const std::string& y_title) {
  svg.open_group("stroke='#e4e4e4' stroke-width='0.7'");
  for (const Tick& tick : x.ticks()) {
    if (!tick.markup.empty())
      svg.line(x.position(tick.value), frame.top, x.position(tick.value), frame.bottom());
  }
  for (const Tick& tick : y.ticks()) {
    if (!tick.markup.empty())
      svg.line(frame.left, y.position(tick.value), frame.right(), y.position(tick.value));
  }
  svg.close_group();

  svg.open_group(std::string("stroke='") + ink + "' stroke-width='0.9'");
  svg.rectangle(frame.left, frame.top, frame.width, frame.height, "fill='none'");
  const auto length = [](const Tick& tick) { return tick.markup.empty() ? 3.0 : 6.0; };
  for (const Tick& tick : x.ticks()) {
    const double place = x.position(tick.value);
    svg.line(place, frame.bottom(), place, frame.bottom() - length(tick));
    svg.line(place, frame.top, place, frame.top + length(tick));
  }
  for (const Tick& tick : y.ticks()) {
    const double place = y.position(tick.value);
    svg.line(frame.left, place, frame.left + length(tick), place);
    svg.line(frame.right(), place, frame.right() - length(tick), place);
  }
  svg.close_group();

  svg.open_group(std::string("fill='") + ink + "'");
  for (const Tick& tick : x.ticks()) {
    if (!tick.markup.empty())
      svg.text(x.position(tick.value), frame.bottom() + 16, tick.markup, "text-anchor='middle'");
  }
  for (const Tick& tick : y.ticks()) {
    if (!tick.markup.empty())
      svg.text(frame.left - 7, y.position(tick.value) + 4, tick.markup, "text-anchor='end'");
  }
  svg.text(frame.left + frame.width / 2, frame.bottom() + 36, x_title, "text-anchor='middle' font-size='12'");
  const double title_x = frame.left - 48;
  const double title_y = frame.top + frame.height / 2;
  svg.text(title_x, title_y, y_title,
           "text-anchor='middle' font-size='12' transform='rotate(-90 " + coordinate(title_x) + " " +
               coordinate(title_y) + ")'");
  svg.close_group();
}

void draw_error_bar(Svg& svg, const Rectangle& frame, double x, double y_low, double y_high) {
  constexpr double half_cap = 2.5;
  const double bottom = std::min(y_low, frame.bottom());
  const double top = std::max(y_high, frame.top);
  // Smaller than the mark, it would only thicken it.
  if (bottom - top < 2) return;
  svg.line(x, bottom, x, top);
  if (y_low <= frame.bottom()) svg.line(x - half_cap, y_low, x + half_cap, y_low);
  if (y_high >= frame.top) svg.line(x - half_cap, y_high, x + half_cap, y_high);
}

std::string typeset(std::string text) {
  for (std::size_t place = text.find('-'); place != std::string::npos; place = text.find('-', place)) {
    text.replace(place, 1, "\u2212");
  }
  return text;
}

}  // namespace asymptoken::native
