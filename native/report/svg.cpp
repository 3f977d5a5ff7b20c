#include "report/svg.hpp"

#include "report/numbers.hpp"

namespace asymptoken::native {

namespace {

std::string spaced(std::string_view attributes) {
  return attributes.empty() ? std::string() : " " + std::string(attributes);
}

std::string quoted(std::string_view name, double value) {
  return " " + std::string(name) + "='" + coordinate(value) + "'";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char character : text) {
    switch (character) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&apos;";
        break;
      default:
        // XML has no way to hold the other control characters.
        if (static_cast<unsigned char>(character) >= 0x20) result += character;
    }
  }
  return result;
}

std::string coordinate(double value) {
  std::string text = fixed(value, 2);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view attributes) {
  body_ += "<line" + quoted("x1", x1) + quoted("y1", y1) + quoted("x2", x2) + quoted("y2", y2) +
           spaced(attributes) + "/>\n";
}

void Svg::circle(double x, double y, double radius, std::string_view attributes, std::string_view tooltip) {
  body_ += "<circle" + quoted("cx", x) + quoted("cy", y) + quoted("r", radius) + spaced(attributes);
  body_ += tooltip.empty() ? "/>\n" : "><title>" + escaped(tooltip) + "</title></circle>\n";
}

void Svg::rectangle(double x, double y, double width, double height, std::string_view attributes) {
  body_ += "<rect" + quoted("x", x) + quoted("y", y) + quoted("width", width) + quoted("height", height) +
           spaced(attributes) + "/>\n";
}

void Svg::polyline(std::string_view points, std::string_view attributes) {
  body_ += "<polyline points='" + std::string(points) + "' fill='none'" + spaced(attributes) + "/>\n";
}

void Svg::text(double x, double y, std::string_view markup, std::string_view attributes) {
  body_ += "<text" + quoted("x", x) + quoted("y", y) + spaced(attributes) + ">" + std::string(markup) +
           "</text>\n";
}

void Svg::open_group(std::string_view attributes) { body_ += "<g" + spaced(attributes) + ">\n"; }

void Svg::close_group() { body_ += "</g>\n"; }

std::string Svg::document(double width, double height, std::string_view title) const {
  const std::string size = coordinate(width) + " " + coordinate(height);
  return "<?xml version='1.0' encoding='UTF-8'?>\n<svg xmlns='http://www.w3.org/2000/svg'" +
         quoted("width", width) + quoted("height", height) + " viewBox='0 0 " + size +
         "' role='img' font-family='Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif' "
         "font-size='11'>\n<title>" +
         escaped(title) + "</title>\n" + body_ + "</svg>\n";
}

}  // namespace asymptoken::native
