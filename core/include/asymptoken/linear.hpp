#pragma once

#include <span>

#include "asymptoken/aligned.hpp"
#include "asymptoken/matrix.hpp"
#include "asymptoken/simd.hpp"

namespace asymptoken {

/// Rows x -> W x + b in float32: the projections of attention, the layers of an encoder.
///
/// An output is b_i + W_i1 x_1 + W_i2 x_2 + ..., added in this order however many rows there are, so it is at most
/// (inputs + 1) 2^-24 (|b_i| + sum_k |W_ik x_k|) from the exact one, to first order [derived]. With `deterministic` its
/// bits do not depend on the SIMD target. NaN and infinity follow IEEE arithmetic.
class LinearMap {
 public:
  /// weights: outputs x inputs. bias: one number for each output, or none, which stands for zeros. Both are copied, in the
  /// order in which the kernels read them. Throws Error when there is no output or no input, or when the sizes disagree.
  explicit LinearMap(const RowsView<float>& weights, std::span<const float> bias = {}, Compute compute = {});

  Index inputs() const { return inputs_; }
  Index outputs() const { return outputs_; }

  /// x: any number of rows x inputs. Throws Error when x has another number of columns.
  Rows<float> operator()(const RowsView<float>& x) const;
  /// The same into the rows of y, which must not overlap x. Throws Error when the sizes disagree.
  void apply(const RowsView<float>& x, Eigen::Ref<Rows<float>> y) const;

 private:
  Index inputs_;
  Index outputs_;
  Compute compute_;
  AlignedVector<float> weights_;
  AlignedVector<float> bias_;
};

}  // namespace asymptoken
