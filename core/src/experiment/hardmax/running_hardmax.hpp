#pragma once

#include <limits>

#include "asymptoken/matrix.hpp"

namespace asymptoken {

/// Hardmax attention of one query over tokens that arrive in parts: the mean value of those of the largest logit.
class RunningHardmax {
 public:
  explicit RunningHardmax(Index value_dimension) : sum_(Vector::Zero(value_dimension)) {}

  void add(const Vector& logits, const Rows<float>& values) {
    for (Index j = 0; j < logits.size(); ++j) {
      if (logits[j] > largest_) {
        largest_ = logits[j];
        ties_ = 0.0;
        sum_.setZero();
      }
      if (logits[j] == largest_) {
        ++ties_;
        sum_ += values.row(j).transpose().cast<double>();
      }
    }
  }

  double largest_logit() const { return largest_; }
  Vector output() const { return sum_ / ties_; }
  double participation() const { return 1.0 / ties_; }

 private:
  double largest_ = -std::numeric_limits<double>::infinity();
  double ties_ = 0.0;
  Vector sum_;
};

}  // namespace asymptoken
