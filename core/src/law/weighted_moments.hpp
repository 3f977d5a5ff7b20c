#pragma once

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// Mean and covariance of weighted vectors, each added once; the update of West (1979), which does not cancel.
class WeightedMoments {
 public:
  explicit WeightedMoments(Index d) : moments_{.mean = Vector::Zero(d), .covariance = Matrix::Zero(d, d)} {}

  void add(double weight, const Vector& value) {
    if (weight <= 0.0) {
      return;
    }
    const double before = total_;
    total_ += weight;
    const Vector deviation = value - moments_.mean;
    moments_.mean += (weight / total_) * deviation;
    moments_.covariance += (weight * (before / total_)) * (deviation * deviation.transpose());
  }

  Moments result() const { return {.mean = moments_.mean, .covariance = moments_.covariance / total_}; }

 private:
  double total_ = 0.0;
  Moments moments_;  ///< the covariance times the total weight
};

}  // namespace asymptoken::detail
