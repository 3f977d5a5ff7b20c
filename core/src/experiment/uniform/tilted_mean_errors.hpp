#pragma once

#include <optional>

#include "asymptoken/attention.hpp"
#include "asymptoken/law.hpp"

namespace asymptoken {

/// w(t) = sum_j p_j y_j - grad K(t), p_j the softmax of <t, y_j> over the first n tokens: the error of attention in token
/// space, for many tilts t, in float64 and in slices.
class TiltedMeanErrors {
 public:
  /// One tilt a row, at least one. The tokens are keys and values of the cache; law and cache must outlive this.
  TiltedMeanErrors(const Law& law, const KeyValueCache<double>& tokens, Index n, Rows<double> tilts,
                   Compute compute);

  /// Multiply-adds of one tilt and one token: their product, the exponential (as a dozen), and the value.
  static double pair_work(Index dimension) { return 2 * static_cast<double>(dimension) + 12; }

  /// Does about `work` multiply-adds, or what is left, and returns how many it did. Where it pauses moves no bits.
  double advance(double work);
  bool finished() const { return done_ == tilts_.rows(); }
  /// Complete once it is finished.
  const Rows<double>& errors() const { return errors_; }

 private:
  void finish_block(const Rows<double>& averages);

  const Law* law_;
  const KeyValueCache<double>* tokens_;
  Index n_;
  Rows<double> tilts_;
  Compute compute_;
  Rows<double> errors_;
  Index done_ = 0;   ///< tilts
  Index block_ = 0;  ///< tilts under way
  Index next_token_ = 0;
  std::optional<StreamingAttention<double>> attention_;  ///< of the block under way
};

}  // namespace asymptoken
