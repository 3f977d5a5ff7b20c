#pragma once

#include <cstdint>
#include <vector>

namespace asymptoken {

/// `count` integers from `from` to `to`, floor of the geometric grid, end points exact.
/// Throws Error (fields `from`, `to`, `count`) unless 1 <= from <= to and count >= 1 (count 1 needs from = to).
std::vector<std::int64_t> geometric_integers(std::int64_t from, std::int64_t to, std::int64_t count);

/// The same for real values, 0 < from <= to.
std::vector<double> geometric_values(double from, double to, std::int64_t count);

}  // namespace asymptoken
