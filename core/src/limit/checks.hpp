#pragma once

#include <string_view>

#include "asymptoken/limit.hpp"

namespace asymptoken::detail {

/// Throws Error naming `attention.matrix` or `attention.value` unless A is d x d, V has d columns and both are finite.
void check_attention(const AttentionForm& attention, Index dimension);

/// Throws Error naming `field` unless the matrix is rows x columns and finite.
void check_matrix(const Matrix& matrix, Index rows, Index columns, std::string_view field);

}  // namespace asymptoken::detail
