#pragma once

#include "simd/vector.hpp"

namespace asymptoken::simd {

/// The tile every matrix product here is made of: rows x vectors sums, held in registers while k runs.
template <class T, class Arch, int rows, int vectors>
struct RegisterTile {
  using V = Vector<T, Arch>;
  using Size = std::ptrdiff_t;
  static constexpr Size lanes = V::size;
  static constexpr Size width = lanes * vectors;

  V sums[rows][vectors];

  /// Row r starts at numbers + r * stride.
  void load(const T* numbers, Size stride) {
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        sums[r][v] = V::load_unaligned(numbers + r * stride + v * lanes);
      }
    }
  }

  void store(T* numbers, Size stride) const {
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        sums[r][v].store_unaligned(numbers + r * stride + v * lanes);
      }
    }
  }

  /// sums(r, q) += sum_k left[r * row_stride + k * step] right[k * width + q], k ascending.
  template <bool fused>
  void multiply(const T* left, Size row_stride, Size step, const T* right, Size count) {
    for (Size k = 0; k < count; ++k) {
      V numbers[vectors];
      for (int v = 0; v < vectors; ++v) {
        numbers[v] = V::load_unaligned(right + k * width + v * lanes);
      }
      for (int r = 0; r < rows; ++r) {
        const V factor(left[r * row_stride + k * step]);
        for (int v = 0; v < vectors; ++v) {
          sums[r][v] = multiply_add<fused>(factor, numbers[v], sums[r][v]);
        }
      }
    }
  }
};

}  // namespace asymptoken::simd
