#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "asymptoken/matrix.hpp"

/// The reference cases: inputs, and what was computed for them elsewhere to 12 digits or more.
namespace reference {

using Json = nlohmann::ordered_json;

/// The file named by the environment variable ASYMPTOKEN_REFERENCE, else tests/reference/reference.json.
const Json& cases();

asymptoken::Matrix matrix(const Json& rows);
asymptoken::Vector vector(const Json& list);
Json json(const asymptoken::Matrix& matrix);
Json json(const asymptoken::Vector& vector);

/// What a case's tolerances are relative to.
enum class Relative { to_entry, to_largest_entry };

/// Evaluates every case of the kind and checks each expected number at the case's own tolerance: rel |expected| + abs. A
/// quantity that `evaluate` does not return fails. Returns how many cases there were.
///
/// `evaluate` maps a case's inputs to its quantities; `unit` gives what `abs` is counted in, for each quantity.
std::size_t check_kind(
    std::string_view kind, Relative relative, const std::function<Json(const Json& inputs)>& evaluate,
    const std::function<double(const Json& inputs, std::string_view quantity)>& unit =
        [](const Json&, std::string_view) { return 1.0; });

}  // namespace reference
