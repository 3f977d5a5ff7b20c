#include "json/reader.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "asymptoken/error.hpp"
#include "asymptoken/grid.hpp"

namespace asymptoken {

namespace {

std::string text_of(double value) { return quote(Json(value)); }

std::string range_text(std::string_view noun, Range range) {
  std::string text(noun);
  const bool below = range.most < std::numeric_limits<double>::max();
  const bool above = range.least > -std::numeric_limits<double>::max();
  if (above && below) {
    return text + " from " + text_of(range.least) + " to " + text_of(range.most);
  }
  if (above) {
    return text + " of at least " + text_of(range.least);
  }
  return below ? text + " of at most " + text_of(range.most) : text;
}

std::string integer_text(std::int64_t least, std::int64_t most) {
  return "an integer from " + std::to_string(least) + " to " + std::to_string(most);
}

std::optional<std::int64_t> as_integer(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return static_cast<std::int64_t>(number);
    }
    return std::nullopt;
  }
  if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  // 1e6 is an integer that JSON writes as a float.
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (std::floor(number) == number && std::abs(number) < 0x1p53) {
      return static_cast<std::int64_t>(number);
    }
  }
  return std::nullopt;
}

}  // namespace

Reader::Reader(const Json& object, std::string path, Json& completed, ReaderInputs* inputs,
               std::string_view what)
    : object_(&object), path_(std::move(path)), completed_(&completed), inputs_(inputs) {
  if (!object.is_object()) {
    throw Error(path_.empty() ? what : path_, quote(object), "an object");
  }
  completed = Json::object();
}

bool Reader::has(std::string_view key) const { return object_->contains(key); }

bool Reader::is_object(std::string_view key) const { return has(key) && object_->at(key).is_object(); }

bool Reader::is_null(std::string_view key) { return any(key).is_null(); }

std::string Reader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void Reader::reject(std::string_view key, std::string_view expected) const {
  throw Error(path_of(key), has(key) ? quote(object_->at(key)) : "missing", expected);
}

const Json& Reader::take(std::string_view key, const Json& otherwise, std::string_view expected) {
  asked_.emplace_back(key);
  if (!has(key) && otherwise.is_null()) {
    reject(key, expected);
  }
  Json& place = (*completed_)[std::string(key)];
  place = has(key) ? object_->at(key) : otherwise;
  return place;
}

double Reader::finite(const Json& value, std::string_view key, std::string_view expected) const {
  if (!value.is_number() || !std::isfinite(value.get<double>())) {
    throw Error(path_of(key), quote(value), expected);
  }
  return value.get<double>();
}

std::int64_t Reader::integer(std::string_view key, std::optional<std::int64_t> otherwise, std::int64_t least,
                             std::int64_t most) {
  const std::string expected = integer_text(least, most);
  const Json& value = take(key, otherwise ? Json(*otherwise) : Json(), expected);
  const auto number = as_integer(value);
  if (!number || *number < least || *number > most) {
    reject(key, expected);
  }
  return *number;
}

std::uint64_t Reader::seed(std::string_view key, std::uint64_t otherwise) {
  // Doubles hold integers up to 2^53 exactly, and so do the documents of a browser.
  constexpr std::int64_t most = (std::int64_t{1} << 53) - 1;
  return static_cast<std::uint64_t>(integer(key, static_cast<std::int64_t>(otherwise), 0, most));
}

double Reader::number(std::string_view key, std::optional<double> otherwise, Range range) {
  const std::string expected = range_text("a number", range);
  const double value = finite(take(key, otherwise ? Json(*otherwise) : Json(), expected), key, expected);
  if (value < range.least || value > range.most) {
    reject(key, expected);
  }
  return value;
}

bool Reader::boolean(std::string_view key, bool otherwise) {
  const Json& value = take(key, Json(otherwise), "true or false");
  if (!value.is_boolean()) {
    reject(key, "true or false");
  }
  return value.get<bool>();
}

std::string Reader::choice(std::string_view key, const std::vector<std::string_view>& choices,
                           std::string_view alternative) {
  std::string expected = choices.size() > 1 ? "one of " : "";
  for (const std::string_view choice : choices) {
    expected += (choice == choices.front() ? "" : ", ") + std::string(choice);
  }
  expected += alternative;
  const Json& value = take(key, Json(choices.front()), expected);
  if (!value.is_string() ||
      std::ranges::find(choices, value.get_ref<const std::string&>()) == choices.end()) {
    reject(key, expected);
  }
  return value.get<std::string>();
}

std::string Reader::text(std::string_view key) {
  const Json& value = take(key, Json(), "a text");
  if (!value.is_string()) {
    reject(key, "a text");
  }
  return value.get<std::string>();
}

std::vector<std::string> Reader::texts(std::string_view key) {
  const Json& value = take(key, Json(), "a list of texts");
  std::vector<std::string> texts;
  for (const Json& entry : value.is_array() ? value : Json::array({nullptr})) {
    if (!entry.is_string()) {
      reject(key, "a list of texts");
    }
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

const Json& Reader::any(std::string_view key) {
  asked_.emplace_back(key);
  if (!has(key)) {
    reject(key, "a value");
  }
  Json& place = (*completed_)[std::string(key)];
  place = object_->at(key);
  return place;
}

const Array* Reader::input_in(std::string_view key, const Json& value) {
  if (!value.is_object() || !value.contains("input")) {
    return nullptr;
  }
  const std::string field = path_of(key) + ".input";
  const Json& name = value.at("input");
  if (!name.is_string() || value.size() > 1) {
    throw Error(path_of(key), quote(value), R"({"input": NAME} and nothing more)");
  }
  if (inputs_ == nullptr) {
    throw Error(field, quote(name), "the numbers themselves: no input can be given here");
  }
  const Array& array = inputs_->arrays->at(name.get_ref<const std::string&>(), field);
  inputs_->used.insert(array.name());
  return &array;
}

const Array* Reader::input(std::string_view key) {
  return has(key) ? input_in(key, object_->at(key)) : nullptr;
}

Rows<double> Reader::numbers_of(std::string_view key, const Array& array, Index rows, Index columns) const {
  if (array.columns() != columns || (rows > 0 && array.rows() != rows)) {
    throw Error(path_of(key) + ".input", array.name() + ", " + text_of(array.layout()),
                (rows > 0 ? std::to_string(rows) : "any number of") +
                    (columns > 1 || rows == 0 ? " rows of " + std::to_string(columns) : "") + " numbers");
  }
  return array.read<double>(0, array.rows());
}

Vector Reader::vector(std::string_view key, Index size, std::optional<double> otherwise) {
  const std::string expected = "a finite number or a list of " + std::to_string(size) + " of them";
  const Json& value = take(key, otherwise ? Json(*otherwise) : Json(), expected);
  if (const Array* array = input_in(key, value)) {
    return numbers_of(key, *array, size, 1);
  }
  if (!value.is_array()) {
    return Vector::Constant(size, finite(value, key, expected));
  }
  if (static_cast<Index>(value.size()) != size) {
    throw Error(path_of(key), "a list of " + std::to_string(value.size()), expected);
  }
  Vector result(size);
  for (Index i = 0; i < size; ++i) {
    result[i] = finite(value[static_cast<std::size_t>(i)], key, expected);
  }
  return result;
}

Matrix Reader::matrix(std::string_view key, Index columns, std::optional<double> otherwise, bool any_height) {
  const std::string size = std::to_string(columns);
  const std::string expected = "a finite number, a list of " + size + " (the diagonal) or " +
                               (any_height ? "rows" : size + " rows") + " of " + size + " finite numbers";
  const Json& value = take(key, otherwise ? Json(*otherwise) : Json(), expected);
  if (const Array* array = input_in(key, value)) {
    return numbers_of(key, *array, any_height ? 0 : columns, columns);
  }
  if (!value.is_array()) {
    return finite(value, key, expected) * Matrix::Identity(columns, columns);
  }
  if (value.empty() || !value.front().is_array()) {
    return vector(key, columns, std::nullopt).asDiagonal();
  }
  const auto height = static_cast<Index>(value.size());
  if (!any_height && height != columns) {
    throw Error(path_of(key), std::to_string(height) + " rows", expected);
  }
  Matrix result(height, columns);
  for (Index i = 0; i < height; ++i) {
    const Json& row = value[static_cast<std::size_t>(i)];
    if (!row.is_array() || static_cast<Index>(row.size()) != columns) {
      throw Error(path_of(key) + "[" + std::to_string(i) + "]",
                  row.is_array() ? "a list of " + std::to_string(row.size()) : quote(row),
                  "a list of " + size);
    }
    for (Index j = 0; j < columns; ++j) {
      result(i, j) = finite(row[static_cast<std::size_t>(j)], key, expected);
    }
  }
  return result;
}

Rows<double> Reader::rows(std::string_view key, Index columns) {
  const std::string expected = "a list of lists of " + std::to_string(columns) + " finite numbers";
  const Json& value = take(key, Json(), expected);
  if (const Array* array = input_in(key, value)) {
    return numbers_of(key, *array, 0, columns);
  }
  if (!value.is_array() || value.empty()) {
    reject(key, expected);
  }
  Rows<double> result(static_cast<Index>(value.size()), columns);
  for (Index i = 0; i < result.rows(); ++i) {
    const Json& row = value[static_cast<std::size_t>(i)];
    if (!row.is_array() || static_cast<Index>(row.size()) != columns) {
      reject(key, expected);
    }
    for (Index j = 0; j < columns; ++j) {
      result(i, j) = finite(row[static_cast<std::size_t>(j)], key, expected);
    }
  }
  return result;
}

std::vector<std::int64_t> Reader::integer_grid(std::int64_t least, std::int64_t most) {
  const std::int64_t from = integer("from", std::nullopt, least, most);
  const std::int64_t to = integer("to", std::nullopt, from, most);
  const std::int64_t count = integer("count", std::nullopt, from == to ? 1 : 2, from == to ? 1 : 1000);
  std::vector<std::int64_t> values = geometric_integers(from, to, count);
  if (std::ranges::adjacent_find(values) != values.end()) {
    throw Error(path_of("count"), std::to_string(count),
                "so few points that all are different integers from " + std::to_string(from) + " to " +
                    std::to_string(to));
  }
  return values;
}

std::vector<std::int64_t> Reader::integers(std::string_view key, std::int64_t least, std::int64_t most,
                                           std::string_view alternative) {
  const std::string expected =
      std::string(alternative) + "an ascending list, or " + integer_text(least, most);
  const Json& value = take(key, Json(), expected);
  const std::vector<Json> list = value.is_array() ? value.get<std::vector<Json>>() : std::vector<Json>{value};
  std::vector<std::int64_t> values;
  for (const Json& entry : list) {
    const auto number = as_integer(entry);
    if (!number || *number < least || *number > most || (!values.empty() && *number <= values.back())) {
      throw Error(path_of(key), quote(entry), expected);
    }
    values.push_back(*number);
  }
  if (values.empty()) {
    reject(key, expected);
  }
  return values;
}

std::vector<double> Reader::number_sweep(std::string_view key, Range range) {
  const std::string expected =
      R"({"from", "to", "count"}, an ascending list, or )" + range_text("a number", range);
  const Json& value = take(key, Json(), expected);
  if (value.is_object()) {
    Json completed;
    Reader grid(value, path_of(key), completed);
    const double from = grid.number("from", std::nullopt, {std::max(range.least, 1e-300), range.most});
    const double to = grid.number("to", std::nullopt, {from, range.most});
    const std::int64_t count = grid.integer("count", std::nullopt, from == to ? 1 : 2, from == to ? 1 : 1000);
    grid.finish();
    return geometric_values(from, to, count);
  }
  const std::vector<Json> list = value.is_array() ? value.get<std::vector<Json>>() : std::vector<Json>{value};
  std::vector<double> values;
  for (const Json& entry : list) {
    const double number = finite(entry, key, expected);
    if (number < range.least || number > range.most || (!values.empty() && number <= values.back())) {
      throw Error(path_of(key), quote(entry), expected);
    }
    values.push_back(number);
  }
  if (values.empty()) {
    reject(key, expected);
  }
  return values;
}

Reader Reader::object(std::string_view key) {
  const Json& value = take(key, Json::object(), "an object");
  if (!value.is_object()) {
    reject(key, "an object");
  }
  // `take` left a copy of the value in the completed document; the new reader replaces it by the completed one.
  static const Json empty = Json::object();
  return {has(key) ? object_->at(key) : empty, path_of(key), (*completed_)[std::string(key)], inputs_};
}

std::vector<Reader> Reader::objects(std::string_view key, bool may_be_empty) {
  const std::string expected = "a list of objects";
  if (const Json& value = take(key, Json(), expected);
      !value.is_array() || (value.empty() && !may_be_empty)) {
    reject(key, expected);
  }
  std::vector<Reader> readers;
  const Json& given = object_->at(key);
  Json& completed = (*completed_)[std::string(key)];
  for (std::size_t i = 0; i < given.size(); ++i) {
    readers.emplace_back(given[i], path_of(key) + "[" + std::to_string(i) + "]", completed[i], inputs_);
  }
  return readers;
}

void Reader::finish() const {
  for (const auto& [key, value] : object_->items()) {
    if (std::ranges::find(asked_, key) == asked_.end()) {
      std::string known;
      for (const std::string& name : asked_) {
        known += (known.empty() ? "" : ", ") + name;
      }
      throw Error(path_of(key), quote(value), "no such field here, only " + known);
    }
  }
}

}  // namespace asymptoken
