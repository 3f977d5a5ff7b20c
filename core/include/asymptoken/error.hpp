#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace asymptoken {

/// The one exception that the library throws for bad input.
///
/// Its message is one sentence that names the field, the value and what was expected, as in
/// `law.dimension is -3; expected an integer from 1 to 65536`. Of a part that is too long for a sentence it keeps the beginning
/// and the end.
class Error : public std::runtime_error {
 public:
  /// `field` is a path such as `tokens.from` or a file name; `value` is what was given, as text.
  Error(std::string_view field, std::string_view value, std::string_view expected)
      : std::runtime_error(sentence(field, value, expected)) {}

 private:
  static std::string sentence(std::string_view field, std::string_view value, std::string_view expected);
};

}  // namespace asymptoken
