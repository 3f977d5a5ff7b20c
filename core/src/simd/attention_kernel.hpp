#pragma once

#include "simd/kernels.hpp"
#include "simd/math.hpp"

// Softmax attention of one tile of queries over a range of packed keys.
//
// Queries lie in the lanes, so the sums over dimensions and over keys run in the same order on every target, whatever its
// lane width. Both products are the same register tile: `rows` broadcast numbers times `vectors` vectors of queries. A
// block's logits become weights while they are still in registers; the weights stay in the first-level cache until they
// have met the values. There is no array of queries x keys.

namespace asymptoken::simd {

/// The shape of the register tile for one target: rows x vectors accumulators.
template <int tile_rows, int tile_vectors>
struct TileShape {
  static constexpr int rows = tile_rows;
  static constexpr int vectors = tile_vectors;
};

template <class T, class Arch, bool fused, bool spread, class Shape>
class AttentionKernel {
  using V = Vector<T, Arch>;
  using Size = std::ptrdiff_t;
  static constexpr Size lanes = V::size;
  static constexpr int vectors = Shape::vectors;

 public:
  static constexpr Size width = lanes * vectors;

  static void attend(const AttentionTile<T>& tile, Size first, Size last) {
    bool started = tile.started;
    for (Size begin = first; begin < last;) {
      // Blocks end at multiples of their length, so that the cut of a range into calls hardly moves them.
      const Size block_end = (begin / keys_per_block + 1) * keys_per_block;
      const Size end = block_end < last ? block_end : last;
      attend_block(tile, begin, end, started);
      started = true;
      begin = end;
    }
  }

 private:
  /// What a block's weights add up to, one number for each query.
  struct BlockSums {
    V largest[vectors];  ///< logit - maximum
    V weights[vectors];
    V squares[vectors];
    V weighted_logits[vectors];
  };

  /// Weights may exceed 1 by this power of two before the maximum is raised: far from overflow, and rare.
  static constexpr T headroom = T(8);

  static void attend_block(const AttentionTile<T>& tile, Size begin, Size end, bool started) {
    BlockSums sums;
    weigh(tile, begin, end, sums);
    if (raise_maximum(tile, sums, started)) {
      weigh(tile, begin, end, sums);
    }
    for (int v = 0; v < vectors; ++v) {
      add(tile.sum + v * lanes, sums.weights[v]);
      if constexpr (spread) {
        add(tile.squares + v * lanes, sums.squares[v]);
        add(tile.weighted_logits + v * lanes, sums.weighted_logits[v]);
      }
    }
    const T* values = tile.values + begin * tile.value_dimension;
    Size column = 0;
    for (; column + Shape::rows <= tile.value_dimension; column += Shape::rows) {
      average<Shape::rows>(tile, values, end - begin, column);
    }
    average_rest<Shape::rows - 1>(tile, values, end - begin, column);
  }

  /// Fills the block's weights, key by key, and their sums.
  static void weigh(const AttentionTile<T>& tile, Size begin, Size end, BlockSums& sums) {
    for (int v = 0; v < vectors; ++v) {
      sums.largest[v] = V(std::numeric_limits<T>::lowest());
      sums.weights[v] = V(T(0));
      sums.squares[v] = V(T(0));
      sums.weighted_logits[v] = V(T(0));
    }
    weigh_rows<Shape::rows>(tile, begin, begin, end, sums);
  }

  /// Keys from `key` on, `rows` at a time where that many lie in one panel, fewer at either end.
  template <int rows>
  static void weigh_rows(const AttentionTile<T>& tile, Size begin, Size key, Size end, BlockSums& sums) {
    while (key < end) {
      const Size row = key % keys_per_panel;
      if (row % rows == 0 && key + rows <= end) {
        const T* keys = tile.keys + (key - row) * tile.key_dimension + row;
        weigh_tile<rows>(tile, keys, tile.weights + (key - begin) * width, sums);
        key += rows;
      } else if constexpr (rows > 1) {
        const Size stop = row % rows == 0 ? end : key + rows / 2 - row % (rows / 2);
        weigh_rows<rows / 2>(tile, begin, key, stop < end ? stop : end, sums);
        key = stop < end ? stop : end;
      }
    }
  }

  /// logit - maximum of `rows` keys with every query, then their weights.
  template <int rows>
  static void weigh_tile(const AttentionTile<T>& tile, const T* keys, T* weights, BlockSums& sums) {
    V logits[rows][vectors];
    for (int v = 0; v < vectors; ++v) {
      const V start = -V::load_unaligned(tile.maximum + v * lanes);
      for (int r = 0; r < rows; ++r) {
        logits[r][v] = start;
      }
    }
    multiply<rows>(keys, keys_per_panel, tile.queries, tile.key_dimension, logits);
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        const V logit = logits[r][v];
        const V weight = exp2_bounded_below<fused>(logit);
        weight.store_unaligned(weights + r * width + v * lanes);
        sums.largest[v] = xsimd::max(sums.largest[v], logit);
        sums.weights[v] += weight;
        if constexpr (spread) {
          sums.squares[v] = multiply_add<fused>(weight, weight, sums.squares[v]);
          sums.weighted_logits[v] = multiply_add<fused>(weight, logit, sums.weighted_logits[v]);
        }
      }
    }
  }

  /// sums(r, q) += sum_k left[k * stride + r] right(k, q), k ascending.
  template <int rows>
  static void multiply(const T* left, Size stride, const T* right, Size count, V (&sums)[rows][vectors]) {
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
  }

  /// Adds the block's weighted values: columns column .. column + rows - 1.
  template <int rows>
  static void average(const AttentionTile<T>& tile, const T* values, Size count, Size column) {
    V sums[rows][vectors];
    T* output = tile.output + column * width;
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        sums[r][v] = V::load_unaligned(output + r * width + v * lanes);
      }
    }
    multiply<rows>(values + column, tile.value_dimension, tile.weights, count, sums);
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        sums[r][v].store_unaligned(output + r * width + v * lanes);
      }
    }
  }

  /// The last columns of the values, fewer than a tile has rows.
  template <int rows>
  static void average_rest(const AttentionTile<T>& tile, const T* values, Size count, Size column) {
    if constexpr (rows > 0) {
      if (tile.value_dimension - column == rows) {
        average<rows>(tile, values, count, column);
      } else {
        average_rest<rows - 1>(tile, values, count, column);
      }
    }
  }

  /// Raises the maximum of the queries that outgrew it, and scales their sums down. The first block sets it for all.
  /// Each query decides for itself, so that the result does not depend on which queries share a tile.
  static bool raise_maximum(const AttentionTile<T>& tile, const BlockSums& sums, bool started) {
    const V threshold(started ? headroom : std::numeric_limits<T>::lowest());
    bool raised = false;
    for (int v = 0; v < vectors; ++v) {
      const auto outgrown = sums.largest[v] > threshold;
      if (!xsimd::any(outgrown)) {
        continue;
      }
      raised = true;
      const V rise = xsimd::select(outgrown, sums.largest[v], V(T(0)));
      add(tile.maximum + v * lanes, rise);
      if (started) {
        scale_down(tile, v, rise);
      }
    }
    return raised;
  }

  static void scale_down(const AttentionTile<T>& tile, int v, V rise) {
    const V factor = exp2_bounded_below<fused>(-rise);
    if constexpr (spread) {
      // Each logit moves down by the rise of the maximum.
      const V sum = V::load_unaligned(tile.sum + v * lanes);
      const V moved = V::load_unaligned(tile.weighted_logits + v * lanes) - rise * sum;
      (moved * factor).store_unaligned(tile.weighted_logits + v * lanes);
      multiply_by(tile.squares + v * lanes, factor * factor);
    }
    multiply_by(tile.sum + v * lanes, factor);
    for (Size c = 0; c < tile.value_dimension; ++c) {
      multiply_by(tile.output + c * width + v * lanes, factor);
    }
  }

  static void add(T* numbers, V amount) { (V::load_unaligned(numbers) + amount).store_unaligned(numbers); }
  static void multiply_by(T* numbers, V factor) { (V::load_unaligned(numbers) * factor).store_unaligned(numbers); }
};

}  // namespace asymptoken::simd
