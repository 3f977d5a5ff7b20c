#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "asymptoken/aligned.hpp"

namespace asymptoken {

/// What one softmax of one tile's queries adds up to, relative to a maximum in base 2: one number for each query, the
/// output one for each query and dimension.
template <class T>
struct TileSums {
  std::span<T> maximum;
  std::span<T> sum;
  std::span<T> squares;
  std::span<T> weighted_logits;
  std::span<T> output;

  void assign(const TileSums& other) const {
    std::ranges::copy(other.maximum, maximum.begin());
    std::ranges::copy(other.sum, sum.begin());
    std::ranges::copy(other.squares, squares.begin());
    std::ranges::copy(other.weighted_logits, weighted_logits.begin());
    std::ranges::copy(other.output, output.begin());
  }
};

/// Those of all tiles and softmaxes in one piece of memory, all 0 at first. In a tile each kind of number lies together, one
/// softmax after the other, as the kernel wants it.
template <class T>
class SoftmaxSums {
 public:
  SoftmaxSums(std::size_t tiles, std::size_t softmaxes, std::size_t width, std::size_t value_dimension)
      : softmaxes_(softmaxes),
        width_(width),
        value_dimension_(value_dimension),
        numbers_(tiles * softmaxes * width * (kinds + value_dimension)) {}

  TileSums<T> of(std::size_t tile, std::size_t softmax) {
    T* const first = numbers_.data() + tile * softmaxes_ * width_ * (kinds + value_dimension_);
    const auto kind = [&](std::size_t place) {
      return std::span<T>(first + (place * softmaxes_ + softmax) * width_, width_);
    };
    const std::size_t output = (kinds * softmaxes_ + softmax * value_dimension_) * width_;
    return {.maximum = kind(0),
            .sum = kind(1),
            .squares = kind(2),
            .weighted_logits = kind(3),
            .output = {first + output, value_dimension_ * width_}};
  }

 private:
  static constexpr std::size_t kinds = 4;  ///< of numbers, beside the output

  std::size_t softmaxes_;
  std::size_t width_;
  std::size_t value_dimension_;
  AlignedVector<T> numbers_;
};

}  // namespace asymptoken
