#include <algorithm>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/linear.hpp"
#include "simd/kernels.hpp"

namespace asymptoken {

namespace {

void check_size(const char* field, Index size, Index expected, const char* meaning) {
  if (size != expected) {
    throw Error(field, std::to_string(size), meaning + (", " + std::to_string(expected)));
  }
}

}  // namespace

LinearMap::LinearMap(const RowsView<float>& weights, std::span<const float> bias, Compute compute)
    : inputs_(weights.cols()), outputs_(weights.rows()), compute_(compute) {
  if (outputs_ < 1) {
    throw Error("number of outputs", "0", "at least 1");
  }
  if (inputs_ < 1) {
    throw Error("number of inputs", "0", "at least 1");
  }
  if (!bias.empty()) {
    check_size("size of the bias", std::ssize(bias), outputs_, "the number of outputs");
  }
  const simd::LinearKernels& kernels = simd::linear_kernels(compute);
  const Index lanes = kernels.lanes;
  const Index padded = (outputs_ + lanes - 1) / lanes * lanes;
  weights_.resize(static_cast<std::size_t>(padded * inputs_));
  kernels.pack(weights.data(), weights.outerStride(), outputs_, inputs_, weights_.data());
  bias_.resize(static_cast<std::size_t>(padded));
  std::ranges::copy(bias, bias_.begin());
}

Rows<float> LinearMap::operator()(const RowsView<float>& x) const {
  Rows<float> y(x.rows(), outputs_);
  apply(x, y);
  return y;
}

void LinearMap::apply(const RowsView<float>& x, Eigen::Ref<Rows<float>> y) const {
  check_size("number of columns of x", x.cols(), inputs_, "the number of inputs");
  check_size("number of rows of y", y.rows(), x.rows(), "that of x");
  check_size("number of columns of y", y.cols(), outputs_, "the number of outputs");
  simd::linear_kernels(compute_).multiply({.rows = x.rows(),
                                           .inputs = inputs_,
                                           .outputs = outputs_,
                                           .x = x.data(),
                                           .x_stride = x.outerStride(),
                                           .weights = weights_.data(),
                                           .bias = bias_.data(),
                                           .y = y.data(),
                                           .y_stride = y.outerStride()});
}

}  // namespace asymptoken
