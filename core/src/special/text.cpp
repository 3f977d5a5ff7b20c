#include "special/text.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace asymptoken::detail {

// Through JSON, which the core writes anyway: std::to_chars would bring 100 KB of tables into a browser.
std::string text_of(double value) {
  if (!std::isfinite(value)) {
    return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  std::string text = nlohmann::ordered_json(value).dump();
  if (text.ends_with(".0")) {
    text.resize(text.size() - 2);
  }
  return text;
}

}  // namespace asymptoken::detail
