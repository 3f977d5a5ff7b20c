#pragma once

#include <cstddef>
#include <cstdint>

#include "asymptoken/simd.hpp"

namespace asymptoken::simd {

/// Keys are packed in panels of this many, dimension-major inside a panel; the dimensions of values likewise, in panels of
/// as many, token by token inside a panel. So each step of a product reads one cache line (of floats).
inline constexpr std::ptrdiff_t panel = 16;
/// Keys between two looks at the running maximum. The same on every target: it decides where results are rounded.
inline constexpr std::ptrdiff_t keys_per_block = 128;
/// Keys whose weights and weighted values are added up before they join longer sums: it bounds the drift of sums of one
/// sign. Divides a block.
inline constexpr std::ptrdiff_t keys_per_stretch = 32;

/// How many panels hold `count` keys or dimensions.
static constexpr std::ptrdiff_t panels(std::ptrdiff_t count) { return (count + panel - 1) / panel; }

/// Queries that are attended to together, and what the softmax over the keys seen so far needs. Queries lie in the lanes:
/// arrays of `width` numbers hold one for each query. Logits are in base 2: log2(e) is part of the scaled queries.
///
/// Several softmaxes may share the products <x, y>: their logits are multiples of each other. The arrays of sums then hold
/// one softmax after the other.
///
/// `sum`, `output`, ... are relative to `maximum`: the true values are 2^maximum times as large. `maximum` follows the
/// largest logit plus `lift` within a few units.
template <class T>
struct AttentionTile {
  std::ptrdiff_t key_dimension;
  std::ptrdiff_t value_dimension;
  const T* queries;          ///< key_dimension x width, scaled
  const T* keys;             ///< panels(keys) x key_dimension x panel
  const T* values;           ///< blocks x panels(value_dimension) x keys_per_block x panel
  const T* multipliers;      ///< of the logits, one for each softmax
  std::ptrdiff_t softmaxes;  ///< 1: the multiplier is 1
  T lift;              ///< of `maximum`: makes all weights smaller, so that sums of huge values stay finite
  bool started;        ///< whether `maximum` and the sums come from earlier keys; else they are 0
  T* products;         ///< scratch: keys_per_block x width
  T* weights;          ///< scratch: keys_per_block x width; `products` itself where there is one softmax
  T* maximum;          ///< softmaxes x width
  T* sum;              ///< softmaxes x width: sum of the weights
  T* squares;          ///< softmaxes x width: sum of their squares; the kernels with spread only
  T* weighted_logits;  ///< softmaxes x width: sum of weight times (logit - maximum); the kernels with spread only
  T* output;           ///< softmaxes x value_dimension x width: sum of weight times value
};

/// Attends to keys first .. last-1.
template <class T>
using AttentionFunction = void (*)(const AttentionTile<T>& tile, std::ptrdiff_t first, std::ptrdiff_t last);

/// totals = totals * factors + recent; recent = 0: rows of `width` numbers, one factor a query.
template <class T>
using MoveFunction = void (*)(double* totals, const double* factors, T* recent, std::ptrdiff_t rows);

/// y = W x + b for each row x.
struct LinearProduct {
  std::ptrdiff_t rows;
  std::ptrdiff_t inputs;
  std::ptrdiff_t outputs;
  const float* x;  ///< rows x inputs
  std::ptrdiff_t x_stride;
  const float* weights;  ///< W, packed by the same target
  const float* bias;     ///< b, padded to whole vectors
  float* y;              ///< rows x outputs
  std::ptrdiff_t y_stride;
};

/// Attention of one kind: of T, with or without spread.
template <class T>
struct AttentionKernels {
  std::ptrdiff_t width;  ///< queries in a tile
  AttentionFunction<T> attend;
  MoveFunction<T> move;
};

struct LinearKernels {
  std::ptrdiff_t lanes;  ///< outputs of a linear map are padded to a multiple of this
  /// From outputs x inputs to inputs x padded outputs, in the kernel's own order.
  void (*pack)(const float* weights, std::ptrdiff_t stride, std::ptrdiff_t outputs, std::ptrdiff_t inputs,
               float* packed);
  void (*multiply)(const LinearProduct& product);
};

/// y_i = f(x_i)
template <class T>
using ElementaryFunction = void (*)(const T* x, T* y, std::size_t count);

struct FloatFunctions {
  ElementaryFunction<float> exp;
  ElementaryFunction<float> exp2;  ///< exp2_bounded_below
  ElementaryFunction<float> log;
};

struct DoubleFunctions {
  ElementaryFunction<double> exp;
};

/// Random numbers of `count` Philox blocks (four numbers each) of a stream, from block `first` on.
template <class T>
using FillBlocks = void (*)(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, T* out,
                            std::size_t count);

/// Never fused: the same bits on every target.
struct RandomKernels {
  FillBlocks<std::uint32_t> words;
  FillBlocks<float> uniforms;
  FillBlocks<float> normals;
  /// Of 2 pi turn / 2^32, for the tests: a multiple of 64 of them.
  void (*sine_cosine)(const std::uint32_t* turns, float* sines, float* cosines, std::size_t count);
};

/// Kernels with fused multiply-add where the target has it, and without.
template <class Kernels>
struct Variants {
  Kernels fused;
  Kernels deterministic;

  const Kernels& of(Compute compute) const { return compute.deterministic ? deterministic : fused; }
};

/// The hot loops, compiled once for each instruction set: one translation unit in targets/ defines those of a target. A
/// table for each kind, so that a binary holds no kind that it never calls. Nothing there touches Eigen or functions of the
/// standard library: those would be compiled for that instruction set too, and the linker may keep either copy.
template <SimdTarget target>
struct TargetKernels {
  static const Variants<AttentionKernels<float>>& attention_float();
  static const Variants<AttentionKernels<float>>& attention_float_with_spread();
  static const Variants<AttentionKernels<double>>& attention_double_with_spread();
  static const Variants<LinearKernels>& linear();
  static const Variants<FloatFunctions>& float_functions();
  static const Variants<DoubleFunctions>& double_functions();
  static const RandomKernels& random();
};

// Of a target; each throws Error when this binary lacks it.
template <class T>
const AttentionKernels<T>& attention_kernels(Compute compute);
template <class T>
const AttentionKernels<T>& attention_kernels_with_spread(Compute compute);
const LinearKernels& linear_kernels(Compute compute);
const FloatFunctions& float_functions(Compute compute);
const DoubleFunctions& double_functions(Compute compute);
const RandomKernels& random_kernels(SimdTarget target);

}  // namespace asymptoken::simd
