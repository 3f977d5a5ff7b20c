#pragma once

#include <limits>

#include "asymptoken/matrix.hpp"
#include "special/portable.hpp"

namespace asymptoken {

/// A softmax average in float64, key by key or part by part: a part counts as one key whose logit is its log-sum-exp and
/// whose value is its average, exactly.
class SoftmaxSum {
 public:
  explicit SoftmaxSum(Index value_dimension) : sum_(Eigen::RowVectorXd::Zero(value_dimension)) {}

  template <class Row>
  void add(double logit, const Row& value) {
    if (logit > maximum_) {
      const double factor = portable_exp(maximum_ - logit);
      sum_ *= factor;
      weight_ *= factor;
      maximum_ = logit;
    }
    const double weight = portable_exp(logit - maximum_);
    sum_ += weight * value.template cast<double>();
    weight_ += weight;
  }

  Eigen::RowVectorXd average() const { return sum_ / weight_; }

 private:
  double maximum_ = -std::numeric_limits<double>::infinity();
  double weight_ = 0;
  Eigen::RowVectorXd sum_;
};

}  // namespace asymptoken
