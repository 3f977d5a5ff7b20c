#include "json/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asymptoken/error.hpp"

namespace asymptoken {

namespace {

/// Objects and lists inside each other: far more than any document of ours has, far fewer than a stack holds calls, since copies
/// and text of a document are made by recursion.
constexpr std::size_t deepest = 100;

/// Builds a document from what the parser hears. The library's own builder would do, but for a key that comes twice and for depth.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Json take() { return std::move(document_); }
  /// The key that came twice, or nothing.
  const std::optional<std::string>& repeated_key() const { return repeated_key_; }
  bool is_too_deep() const { return is_too_deep_; }

  bool null() override { return place(nullptr); }
  bool boolean(bool value) override { return place(value); }
  bool number_integer(number_integer_t value) override { return place(value); }
  bool number_unsigned(number_unsigned_t value) override { return place(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return place(value); }
  bool string(string_t& value) override { return place(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (open_.back()->contains(name)) {
      repeated_key_ = name;
    }
    key_ = std::move(name);
    return !repeated_key_;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const Json::exception& /*error*/) override {
    return false;
  }

 private:
  bool place(Json value) {
    put(std::move(value));
    return true;
  }

  bool open(Json value) {
    if (open_.size() == deepest) {
      is_too_deep_ = true;
      return false;
    }
    open_.push_back(&put(std::move(value)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  Json& put(Json&& value) {
    if (open_.empty()) {
      return document_ = std::move(value);
    }
    Json& parent = *open_.back();
    return parent.is_array() ? parent.emplace_back(std::move(value)) : parent[key_] = std::move(value);
  }

  Json document_;
  std::vector<Json*>
      open_;  ///< the objects and arrays that the parser is in: a parent is not moved while it is
  std::string key_;
  std::optional<std::string> repeated_key_;
  bool is_too_deep_ = false;
};

/// Nothing where the text is not JSON.
std::optional<Json> parse(std::string_view text, std::string_view what) {
  Builder builder;
  if (Json::sax_parse(text, &builder)) {
    return builder.take();
  }
  if (const std::optional<std::string>& key = builder.repeated_key()) {
    throw Error(what, "twice the key " + *key, "each key once in an object");
  }
  if (builder.is_too_deep()) {
    throw Error(what, "nested too deep",
                "at most " + std::to_string(deepest) + " objects and lists inside each other");
  }
  return std::nullopt;
}

}  // namespace

Json parse_value(std::string_view text, std::string_view what) {
  return parse(text, what).value_or(Json(text));
}

Json parse_json(std::string_view text, std::string_view what) {
  if (std::optional<Json> value = parse(text, what)) {
    return *std::move(value);
  }
  std::string start(text.substr(0, 40));
  if (text.size() > start.size()) {
    start += "...";
  }
  throw Error(what, "`" + start + "`", "JSON");
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
