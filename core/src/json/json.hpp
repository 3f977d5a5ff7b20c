#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "asymptoken/matrix.hpp"

namespace asymptoken {

/// Keys stay in the order in which they were written: documents are for people too.
/// Only declared here, because defining it takes a compiler ten seconds: files that look inside include nlohmann/json.hpp.
using Json = nlohmann::ordered_json;

/// Throws Error naming `what` when the text is not JSON, has a key twice in an object, or is nested more than 100 deep.
Json parse_json(std::string_view text, std::string_view what);

/// The value of a setting: what the text is as JSON, or the text itself where it is none. Throws Error naming `what` as
/// parse_json does for JSON.
Json parse_value(std::string_view text, std::string_view what);

/// Compact text of a value, shortened to what fits in a sentence.
std::string quote(const Json& value);

/// JSON has no infinity or NaN: null stands for them.
Json number_or_null(double value);

/// A list, and a list of rows.
Json json_of(const Vector& vector);
Json json_of(const Matrix& matrix);

}  // namespace asymptoken
