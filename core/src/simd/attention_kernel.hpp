#pragma once

#include "simd/kernels.hpp"
#include "simd/math.hpp"

// Softmax attention of one tile of queries over a range of packed keys.
//
// Queries lie in the lanes, so the sums over dimensions and over keys run in the same order on every target, whatever its
// lane width. Both products are the same register tile: `rows` broadcast numbers times `vectors` vectors of queries. A
// block's weights stay in the first-level cache between its three passes; there is no array of queries x keys.

namespace asymptoken::simd {

/// The shape of the register tile for one target: rows x vectors accumulators.
template <int tile_rows, int tile_vectors>
struct TileShape {
  static constexpr int rows = tile_rows;
  static constexpr int vectors = tile_vectors;
};

template <class T, class Arch, bool fused, class Shape>
class AttentionKernel {
  using V = Vector<T, Arch>;
  using Size = std::ptrdiff_t;
  static constexpr Size lanes = V::size;
  static constexpr int vectors = Shape::vectors;

 public:
  static constexpr Size width = lanes * vectors;

  static void attend(const AttentionTile<T>& tile, Size first, Size last) {
    for (Size begin = first; begin < last;) {
      // Blocks end at multiples of their length, so that the cut of a range into calls hardly moves them.
      const Size block_end = (begin / keys_per_block + 1) * keys_per_block;
      const Size end = block_end < last ? block_end : last;
      attend_block(tile, begin, end);
      begin = end;
    }
  }

 private:
  static void attend_block(const AttentionTile<T>& tile, Size begin, Size end) {
    // Whole panels are multiplied; rows of keys outside [begin, end) are never looked at again.
    const Size first_panel = begin / keys_per_panel;
    const Size last_panel = (end + keys_per_panel - 1) / keys_per_panel;
    for (Size panel = first_panel; panel < last_panel; ++panel) {
      const T* keys = tile.keys + panel * tile.key_dimension * keys_per_panel;
      T* weights = tile.weights + (panel - first_panel) * keys_per_panel * width;
      for (Size row = 0; row < keys_per_panel; row += Shape::rows) {
        multiply<Shape::rows, false>(keys + row, keys_per_panel, tile.queries, tile.key_dimension, weights + row * width);
      }
    }
    T* weights = tile.weights + (begin - first_panel * keys_per_panel) * width;
    const Size count = end - begin;
    raise_maximum(tile, weights, count);
    exponentiate(tile, weights, count);
    const T* values = tile.values + begin * tile.value_dimension;
    Size column = 0;
    for (; column + Shape::rows <= tile.value_dimension; column += Shape::rows) {
      multiply<Shape::rows, true>(values + column, tile.value_dimension, weights, count, tile.output + column * width);
    }
    multiply_rest<Shape::rows - 1>(tile, values + column, weights, count, column);
  }

  /// out(r, q) (+)= sum_k left[k * stride + r] right(k, q), k ascending.
  template <int rows, bool accumulate>
  static void multiply(const T* left, Size stride, const T* right, Size count, T* out) {
    V sums[rows][vectors];
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        sums[r][v] = accumulate ? V::load_unaligned(out + r * width + v * lanes) : V(T(0));
      }
    }
    for (Size k = 0; k < count; ++k) {
      V queries[vectors];
      for (int v = 0; v < vectors; ++v) {
        queries[v] = V::load_unaligned(right + k * width + v * lanes);
      }
      for (int r = 0; r < rows; ++r) {
        const V factor(left[k * stride + r]);
        for (int v = 0; v < vectors; ++v) {
          sums[r][v] = multiply_add<fused>(factor, queries[v], sums[r][v]);
        }
      }
    }
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        sums[r][v].store_unaligned(out + r * width + v * lanes);
      }
    }
  }

  /// The last columns of the values, fewer than a tile has rows.
  template <int rows>
  static void multiply_rest(const AttentionTile<T>& tile, const T* values, const T* weights, Size count, Size column) {
    if constexpr (rows > 0) {
      if (tile.value_dimension - column == rows) {
        multiply<rows, true>(values, tile.value_dimension, weights, count, tile.output + column * width);
      } else {
        multiply_rest<rows - 1>(tile, values, weights, count, column);
      }
    }
  }

  /// Brings the running maximum up to the block's, and all sums with it.
  static void raise_maximum(const AttentionTile<T>& tile, const T* logits, Size count) {
    V largest[vectors];
    bool raised = false;
    for (int v = 0; v < vectors; ++v) {
      largest[v] = V::load_unaligned(tile.maximum + v * lanes);
    }
    for (Size k = 0; k < count; ++k) {
      for (int v = 0; v < vectors; ++v) {
        largest[v] = xsimd::max(largest[v], V::load_unaligned(logits + k * width + v * lanes));
      }
    }
    for (int v = 0; v < vectors; ++v) {
      raised = raised || xsimd::any(largest[v] > V::load_unaligned(tile.maximum + v * lanes));
    }
    if (!raised) {
      return;
    }
    for (int v = 0; v < vectors; ++v) {
      const V before = V::load_unaligned(tile.maximum + v * lanes);
      const V drop = before - largest[v];
      const V factor = exp2_nonpositive<fused>(drop);
      largest[v].store_unaligned(tile.maximum + v * lanes);
      scale(tile.squares + v * lanes, factor * factor);
      const V sum = V::load_unaligned(tile.sum + v * lanes);
      // Each logit moves down by the rise of the maximum.
      const V moved = V::load_unaligned(tile.weighted_logits + v * lanes) + xsimd::max(drop, V(lowest_shift)) * sum;
      (moved * factor).store_unaligned(tile.weighted_logits + v * lanes);
      (sum * factor).store_unaligned(tile.sum + v * lanes);
      for (Size c = 0; c < tile.value_dimension; ++c) {
        scale(tile.output + c * width + v * lanes, factor);
      }
    }
  }

  static void scale(T* numbers, V factor) { (V::load_unaligned(numbers) * factor).store_unaligned(numbers); }

  /// Turns a block's logits into weights and adds them to the sums.
  static void exponentiate(const AttentionTile<T>& tile, T* weights, Size count) {
    for (int v = 0; v < vectors; ++v) {
      const V maximum = V::load_unaligned(tile.maximum + v * lanes);
      V sum(T(0));
      V squares(T(0));
      V weighted_logits(T(0));
      for (Size k = 0; k < count; ++k) {
        T* place = weights + k * width + v * lanes;
        const V logit = V::load_unaligned(place) - maximum;
        const V weight = exp2_nonpositive<fused>(logit);
        weight.store_unaligned(place);
        sum += weight;
        squares = multiply_add<fused>(weight, weight, squares);
        weighted_logits = multiply_add<fused>(weight, logit, weighted_logits);
      }
      (V::load_unaligned(tile.sum + v * lanes) + sum).store_unaligned(tile.sum + v * lanes);
      (V::load_unaligned(tile.squares + v * lanes) + squares).store_unaligned(tile.squares + v * lanes);
      (V::load_unaligned(tile.weighted_logits + v * lanes) + weighted_logits)
          .store_unaligned(tile.weighted_logits + v * lanes);
    }
  }

  /// The initial maximum is the least finite number: its drop must not turn 0 * drop into NaN or overflow.
  static constexpr T lowest_shift = sizeof(T) == 4 ? T(-1e30) : T(-1e300);
};

}  // namespace asymptoken::simd
