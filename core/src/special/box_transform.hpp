#pragma once

#include <optional>

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// E[L(X_i) L(X_j)] for X = slopes u, u uniform on the cube [-1, 1]^d, L(r) = coth r - 1/r: relative to the larger of
/// its terms within 1e-12. [derived]
///
/// Nothing when d (32 + 6 S) > 7000, S the largest sum of |entries| of a row: it would take longer than seconds.
std::optional<Matrix> box_transform(const Matrix& slopes);

}  // namespace asymptoken::detail
