#include "reference.hpp"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace reference {

namespace {

std::string path() {
  const char* const given = std::getenv("ASYMPTOKEN_REFERENCE");
  return given != nullptr && *given != '\0' ? given : ASYMPTOKEN_REFERENCE_FILE;
}

/// The numbers of a list, a list of lists, or a number.
void append_numbers(const Json& value, std::vector<double>& numbers) {
  if (value.is_array()) {
    for (const Json& element : value) {
      append_numbers(element, numbers);
    }
  } else {
    REQUIRE(value.is_number());
    numbers.push_back(value.get<double>());
  }
}

std::vector<double> numbers_of(const Json& value) {
  std::vector<double> numbers;
  append_numbers(value, numbers);
  return numbers;
}

void check_quantity(const Json& expected_value, const Json& actual_value, double rel, double abs,
                    Relative relative) {
  const std::vector<double> expected = numbers_of(expected_value);
  const std::vector<double> actual = numbers_of(actual_value);
  REQUIRE(actual.size() == expected.size());
  double largest = 0.0;
  for (const double number : expected) {
    largest = std::max(largest, std::abs(number));
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double size = relative == Relative::to_entry ? std::abs(expected[i]) : largest;
    INFO("entry " << i << ", expected " << expected[i] << ", relative error "
                  << actual[i] / expected[i] - 1.0);
    CHECK(std::abs(actual[i] - expected[i]) <= rel * size + abs);
  }
}

}  // namespace

const Json& cases() {
  static const Json list = [] {
    std::ifstream file(path());
    INFO("reading " << path());
    REQUIRE(file.is_open());
    return Json::parse(file).at("cases");
  }();
  return list;
}

asymptoken::Matrix matrix(const Json& rows) {
  asymptoken::Matrix result(static_cast<Eigen::Index>(rows.size()),
                            static_cast<Eigen::Index>(rows.at(0).size()));
  for (Eigen::Index i = 0; i < result.rows(); ++i) {
    result.row(i) = vector(rows.at(static_cast<std::size_t>(i))).transpose();
  }
  return result;
}

asymptoken::Vector vector(const Json& list) {
  const std::vector<double> numbers = list.get<std::vector<double>>();
  return asymptoken::Vector::Map(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
}

Json json(const asymptoken::Vector& vector) { return std::vector<double>(vector.begin(), vector.end()); }

Json json(const asymptoken::Matrix& matrix) {
  Json rows = Json::array();
  for (const auto& row : matrix.rowwise()) {
    rows.push_back(json(asymptoken::Vector(row.transpose())));
  }
  return rows;
}

std::size_t check_kind(std::string_view kind, Relative relative,
                       const std::function<Json(const Json&)>& evaluate,
                       const std::function<double(const Json&, std::string_view)>& unit) {
  std::size_t count = 0;
  for (const Json& given : cases()) {
    if (given.at("kind") != kind) {
      continue;
    }
    ++count;
    const Json& inputs = given.at("inputs");
    const Json actual = evaluate(inputs);
    for (const auto& [quantity, expected] : given.at("expected").items()) {
      INFO(given.at("id").get<std::string>() << ", " << quantity);
      const bool is_evaluated = actual.contains(quantity);
      CHECK(is_evaluated);
      if (is_evaluated) {
        check_quantity(expected, actual[quantity], given.at("tolerance").at("rel").get<double>(),
                       given.at("tolerance").at("abs").get<double>() * unit(inputs, quantity), relative);
      }
    }
  }
  return count;
}

}  // namespace reference
