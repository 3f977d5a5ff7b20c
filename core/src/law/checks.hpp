#pragma once

#include <string_view>

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// Each throws Error naming `field` unless what is given fits.
void check_dimension(Index dimension);
void check_finite(const Matrix& numbers, std::string_view field);
void check_radius(double radius);
/// `size` finite numbers.
void check_size(const Vector& numbers, Index size, std::string_view field);
/// Tokens are float32, so the largest number in them must be at most 3.4e38.
void check_float(double largest, std::string_view field);

/// The symmetric part of a covariance, which differs from it by rounding at most.
Matrix checked_covariance(const Matrix& covariance, Index dimension, std::string_view field);

/// The lower triangular L with L L' = covariance, which must be positive definite.
Matrix cholesky_factor(const Matrix& covariance, std::string_view field);

}  // namespace asymptoken::detail
