#pragma once

#include <Eigen/Core>

namespace asymptoken {

using Index = Eigen::Index;
using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// Tokens, queries, keys or values: one a row, rows contiguous.
template <class T>
using Rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A read-only view of rows that somebody else owns; a row may be followed by padding.
template <class T>
using RowsView = Eigen::Ref<const Rows<T>, 0, Eigen::OuterStride<>>;

/// Mean and population covariance (divided by the count, not the count less one).
struct Moments {
  Vector mean;
  Matrix covariance;
};

}  // namespace asymptoken
