#include "attention/linear_map.hpp"

namespace asymptoken {

LinearMap::LinearMap(const Matrix& M) : transposed_(M.transpose().cast<float>()) {}

Rows<float> LinearMap::operator()(const RowsView<float>& x) const {
  Rows<float> result = Rows<float>::Zero(x.rows(), outputs());
  for (Index row = 0; row < x.rows(); ++row) {
    float* out = result.row(row).data();
    for (Index k = 0; k < inputs(); ++k) {
      const float factor = x(row, k);
      const float* column = transposed_.row(k).data();
      for (Index c = 0; c < outputs(); ++c) {
        out[c] += factor * column[c];
      }
    }
  }
  return result;
}

}  // namespace asymptoken
