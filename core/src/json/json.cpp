#include "json/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "asymptoken/error.hpp"

namespace asymptoken {

Json parse_json(std::string_view text, std::string_view what) {
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) {
    std::string start(text.substr(0, 40));
    if (text.size() > start.size()) {
      start += "...";
    }
    throw Error(what, "`" + start + "`", "JSON");
  }
  return value;
}

std::string quote(const Json& value) {
  constexpr std::size_t longest = 60;
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > longest) {
    text.resize(longest);
    text += "...";
  }
  return text;
}

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json json_of(const Vector& vector) {
  Json list = Json::array();
  for (const double value : vector) {
    list.push_back(number_or_null(value));
  }
  return list;
}

Json json_of(const Matrix& matrix) {
  Json rows = Json::array();
  for (Index i = 0; i < matrix.rows(); ++i) {
    rows.push_back(json_of(Vector(matrix.row(i))));
  }
  return rows;
}

}  // namespace asymptoken
