#include "limit/checks.hpp"

#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
#include "special/text.hpp"

namespace asymptoken::detail {

namespace {

std::string shape(Index rows, Index columns) {
  return "a " + std::to_string(rows) + " x " + std::to_string(columns) + " matrix";
}

}  // namespace

void check_matrix(const Matrix& matrix, Index rows, Index columns, std::string_view field) {
  if (matrix.rows() != rows || matrix.cols() != columns) {
    throw Error(field, shape(matrix.rows(), matrix.cols()), shape(rows, columns));
  }
  for (const double number : matrix.reshaped()) {
    if (!std::isfinite(number)) {
      throw Error(field, "not finite (an entry is " + text_of(number) + ")", "finite numbers");
    }
  }
}

void check_attention(const AttentionForm& attention, Index dimension) {
  check_matrix(attention.A, dimension, dimension, "attention.matrix");
  check_matrix(attention.V, attention.V.rows(), dimension, "attention.value");
}

}  // namespace asymptoken::detail
