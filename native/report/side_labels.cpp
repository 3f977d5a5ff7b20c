#include "report/side_labels.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <ranges>
#include <utility>

namespace asymptoken::native {

namespace {

constexpr double line_height = 12.5;
constexpr double gap = 3;

double height_of(const SideLabel& label) { return static_cast<double>(label.lines.size()) * line_height; }

void spread(std::vector<SideLabel>& labels, const Rectangle& frame) {
  // Curves that end in the same place keep their order, the last one, usually the largest, on top.
  constexpr double same_place = 4;
  std::ranges::sort(labels, std::greater<>(), [](const SideLabel& label) {
    return std::pair(-std::round(label.wanted / same_place), label.curve);
  });
  double free = frame.top;
  for (SideLabel& label : labels) {
    label.top = std::max(free, label.wanted - height_of(label) / 2);
    free = label.top + height_of(label) + gap;
  }
  double limit = frame.bottom() + 2;
  for (SideLabel& label : labels | std::views::reverse) {
    label.top = std::min(label.top, limit - height_of(label));
    limit = label.top - gap;
  }
}

}  // namespace

void draw_side_labels(Svg& svg, const Rectangle& frame, std::vector<SideLabel> labels) {
  spread(labels, frame);
  for (const SideLabel& label : labels) {
    const double middle = label.top + line_height / 2;
    const std::string stroke = "stroke='" + label.colour + "'";
    svg.line(frame.right(), label.wanted, frame.right() + 10, middle, stroke + " stroke-width='0.8'");
    svg.line(frame.right() + 10, middle, frame.right() + 18, middle,
             label.stroke.value_or(stroke + " stroke-width='2'"));
    for (std::size_t k = 0; k < label.lines.size(); ++k) {
      svg.text(frame.right() + side_label_left, label.top + line_height * static_cast<double>(k) + 10,
               label.lines[k]);
    }
    if (!label.aside.empty()) svg.text(frame.right() + side_label_aside_left, label.top + 10, label.aside);
  }
}

}  // namespace asymptoken::native
