#pragma once

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// The largest singular value; 0 for an empty matrix.
double spectral_norm(const Matrix& B);

}  // namespace asymptoken::detail
