#include "spec/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "asymptoken/error.hpp"

namespace asymptoken {

namespace {

/// Builds a value as it is parsed. Json::parse has two such builders and a parser for each: 15 KB more in a browser.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Json root;

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    key_ = std::move(value);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    open_.push_back(&place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json& place(Json value) {
    if (open_.empty()) {
      return root = std::move(value);
    }
    Json& parent = *open_.back();
    if (parent.is_object()) {
      return parent[key_] = std::move(value);
    }
    parent.push_back(std::move(value));
    return parent.back();
  }

  std::vector<Json*> open_;  ///< the structures around what comes next; none moves while it is open
  std::string key_;
};

}  // namespace

Json parse_json(std::string_view text, std::string_view what) {
  Builder builder;
  if (!Json::sax_parse(text, &builder)) {
    std::string start(text.substr(0, 40));
    if (text.size() > start.size()) {
      start += "...";
    }
    throw Error(what, "`" + start + "`", "JSON");
  }
  return std::move(builder.root);
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
