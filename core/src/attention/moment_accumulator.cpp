#include <string>
#include <utility>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"

namespace asymptoken {

MomentAccumulator::MomentAccumulator(Vector origin)
    : origin_(std::move(origin)),
      sum_(Vector::Zero(origin_.size())),
      products_(Matrix::Zero(origin_.size(), origin_.size())) {}

template <class T>
void MomentAccumulator::add_rows(const RowsView<T>& rows) {
  const Index dimension = origin_.size();
  if (rows.cols() != dimension) {
    throw Error("dimension of the rows", std::to_string(rows.cols()), std::to_string(dimension));
  }
  // Plain loops: one row after the other whatever the target, so the sums have the same bits everywhere.
  Vector centred(dimension);
  for (Index row = 0; row < rows.rows(); ++row) {
    for (Index k = 0; k < dimension; ++k) {
      centred[k] = static_cast<double>(rows(row, k)) - origin_[k];
      sum_[k] += centred[k];
    }
    for (Index b = 0; b < dimension; ++b) {
      double* column = products_.col(b).data();
      for (Index a = 0; a <= b; ++a) {
        column[a] += centred[a] * centred[b];
      }
    }
  }
  count_ += rows.rows();
}

void MomentAccumulator::add(const RowsView<float>& rows) { add_rows<float>(rows); }
void MomentAccumulator::add(const RowsView<double>& rows) { add_rows<double>(rows); }

Moments MomentAccumulator::moments() const {
  if (count_ == 0) {
    throw Error("number of rows", "0", "at least 1");
  }
  const auto count = static_cast<double>(count_);
  const Vector shift = sum_ / count;
  Moments moments{.mean = origin_ + shift, .covariance = products_ / count};
  for (Index b = 0; b < origin_.size(); ++b) {
    for (Index a = 0; a <= b; ++a) {
      moments.covariance(a, b) -= shift[a] * shift[b];
      moments.covariance(b, a) = moments.covariance(a, b);
    }
  }
  return moments;
}

}  // namespace asymptoken
