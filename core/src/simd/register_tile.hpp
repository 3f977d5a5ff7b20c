#pragma once

#include "simd/vector.hpp"

namespace asymptoken::simd {

/// The shape of the register tile for one target: at most rows x vectors sums.
template <int tile_rows, int tile_vectors>
struct TileShape {
  static constexpr int rows = tile_rows;
  static constexpr int vectors = tile_vectors;
};

/// The tile every matrix product here is made of: rows x vectors sums, held in registers while k runs.
template <class T, class Arch, int rows, int vectors>
struct RegisterTile {
  using V = Vector<T, Arch>;
  using Size = std::ptrdiff_t;
  static constexpr Size lanes = V::size;
  static constexpr Size width = lanes * vectors;

  V sums[rows][vectors] = {};

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

  /// Adds the sums to the numbers.
  void add_to(T* numbers, Size stride) const {
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        T* const place = numbers + r * stride + v * lanes;
        (V::load_unaligned(place) + sums[r][v]).store_unaligned(place);
      }
    }
  }

  /// sums(r, q) += sum_k left[r * row_stride + k * step] right[k * width + q], k ascending.
  template <bool fused>
  void multiply(const T* left, Size row_stride, Size step, const T* right, Size count) {
    // Two pointers, since the compiler for wasm would compute addresses anew from a counter at each step.
    const T* const end = right + count * width;
    // They differ in the pragma, which some compilers take with a plain number only. NOLINTNEXTLINE(bugprone-branch-clone)
    if constexpr (std::is_same_v<Arch, xsimd::wasm>) {
      for (; right != end; left += step, right += width) {
        multiply_one<fused>(left, row_stride, right);
      }
    } else {
      // Half as many counters and branches, which share ports with the multiply-adds; a browser's compiler spills instead.
#pragma GCC unroll 2
      for (; right != end; left += step, right += width) {
        multiply_one<fused>(left, row_stride, right);
      }
    }
  }

 private:
  template <bool fused>
  [[gnu::always_inline]] void multiply_one(const T* left, Size row_stride, const T* right) {
    V numbers[vectors];
    for (int v = 0; v < vectors; ++v) {
      numbers[v] = V::load_unaligned(right + v * lanes);
    }
    for (int r = 0; r < rows; ++r) {
      const V factor(left[r * row_stride]);
      for (int v = 0; v < vectors; ++v) {
        sums[r][v] = multiply_add<fused>(factor, numbers[v], sums[r][v]);
      }
    }
  }
};

namespace {

/// So many things in the fewest parts of at most `largest`, as equal as they can be.
struct Parts {
  std::ptrdiff_t count;
  std::ptrdiff_t least;   ///< of things in a part
  std::ptrdiff_t larger;  ///< how many parts, the first ones, hold one more

  Parts(std::ptrdiff_t total, std::ptrdiff_t largest)
      : count((total + largest - 1) / largest),
        least(count > 0 ? total / count : 0),
        larger(total - count * least) {}
  std::ptrdiff_t start(std::ptrdiff_t part) const { return part * least + (part < larger ? part : larger); }
  std::ptrdiff_t size(std::ptrdiff_t part) const { return least + (part < larger ? 1 : 0); }
};

}  // namespace

/// use<number>() for a number from 1 to `largest`.
template <int largest, class Use>
void dispatch(std::ptrdiff_t number, Use use) {
  if (number == largest) {
    use.template operator()<largest>();
  } else if constexpr (largest > 1) {
    dispatch<largest - 1>(number, use);
  }
}

}  // namespace asymptoken::simd
