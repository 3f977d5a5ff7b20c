#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/panel.hpp"

namespace asymptoken::native {

/// What stands to the right of a frame at the height where its curve leaves it.
struct SideLabel {
  std::size_t curve;
  double wanted;  ///< height, in the picture
  std::string colour;
  std::vector<std::string> lines;
  std::string aside;  ///< in a column of its own beside the first line
  /// Of a sample of the line before the text; solid in the label's colour where there is none.
  std::optional<std::string> stroke = std::nullopt;
  double top = 0;
};

/// Where the text of a label begins, and where its aside does, from the right of the frame.
inline constexpr double side_label_left = 22;
inline constexpr double side_label_aside_left = 78;

/// Draws the labels, moved apart as little as it takes and kept beside the frame where they fit.
void draw_side_labels(Svg& svg, const Rectangle& frame, std::vector<SideLabel> labels);

}  // namespace asymptoken::native
