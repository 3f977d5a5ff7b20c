#pragma once

#include <string>
#include <string_view>

namespace asymptoken::native {

/// Text as it may stand in XML.
std::string escaped(std::string_view text);

/// A coordinate, to a hundredth.
std::string coordinate(double value);

/// Writes one SVG document. Only presentation attributes, no style sheets and no scripts, so that every program which
/// reads SVG (browsers, Inkscape, LaTeX converters, word processors) draws the same picture. `attributes` is
/// markup such as `stroke='#000'`; `markup` is text with its markup, escaped already.
class Svg {
 public:
  void line(double x1, double y1, double x2, double y2, std::string_view attributes = "");
  void circle(double x, double y, double radius, std::string_view attributes, std::string_view tooltip = "");
  void rectangle(double x, double y, double width, double height, std::string_view attributes);
  void polyline(std::string_view points, std::string_view attributes);
  void text(double x, double y, std::string_view markup, std::string_view attributes = "");
  void open_group(std::string_view attributes);
  void close_group();
  void append(const Svg& other) { body_ += other.body_; }
  std::string document(double width, double height, std::string_view title) const;

 private:
  std::string body_;
};

}  // namespace asymptoken::native
