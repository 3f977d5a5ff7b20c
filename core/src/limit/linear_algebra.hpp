#pragma once

#include <string_view>

#include "asymptoken/limit.hpp"

namespace asymptoken::detail {

/// Throws Error naming `attention.matrix` or `attention.value` unless A is d x d, V has d columns and both are finite.
void check_attention(const AttentionForm& attention, Index dimension);

/// Throws Error naming `field` unless the matrix is rows x columns and finite.
void check_matrix(const Matrix& matrix, Index rows, Index columns, std::string_view field);

/// Some L with L L' = covariance, for a positive semi-definite covariance: Cholesky's, else from eigenvectors (tokens that
/// are fewer than their dimensions, say). ||L' A L|| and everything else asked here are the same for every such L.
/// Throws Error (field `covariance`) unless it is square, finite and symmetric; tiny negative eigenvalues count as 0.
Matrix factor_of(const Matrix& covariance);

/// The largest singular value; 0 for an empty matrix.
double spectral_norm(const Matrix& B);

/// scale E |N(0, S)|_2 from the eigenvalues of S, none of them negative and the largest of order 1.
double expected_norm_of_eigenvalues(const Vector& eigenvalues, double scale);

}  // namespace asymptoken::detail
