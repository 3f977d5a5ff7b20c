#pragma once

#include "asymptoken/matrix.hpp"

namespace asymptoken {

/// Rows x -> M x in float32: the projections W_q x, A x, V x of tokens. Sums run over the columns of M in order and are
/// never fused, so the bits are the same on every target.
class LinearMap {
 public:
  explicit LinearMap(const Matrix& M);

  Index inputs() const { return transposed_.rows(); }
  Index outputs() const { return transposed_.cols(); }
  Rows<float> operator()(const RowsView<float>& x) const;

 private:
  Rows<float> transposed_;  ///< inputs x outputs, so that the inner loop runs along a row
};

}  // namespace asymptoken
