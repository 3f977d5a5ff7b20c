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
  template <int rows>
  using Registers = V[rows][vectors];

 public:
  static constexpr Size width = lanes * vectors;

  static void attend(const AttentionTile<T>& tile, Size first, Size last) {
    bool started = tile.started;
    for (Size begin = first; begin < last;) {
      // Blocks end at multiples of their length, so that the cut of a range into calls hardly moves them.
      const Size block_end = (begin / keys_per_block + 1) * keys_per_block;
      const Size end = block_end < last ? block_end : last;
      if (tile.softmaxes == 1) {
        attend_block(tile, begin, end, started);
      } else {
        attend_block_by_multiples(tile, begin, end, started);
      }
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

    BlockSums() {
      for (int v = 0; v < vectors; ++v) {
        largest[v] = V(std::numeric_limits<T>::lowest());
        weights[v] = squares[v] = weighted_logits[v] = V(T(0));
      }
    }
  };

  /// Weights may exceed 1 by this power of two before the maximum is raised: far from overflow, and rare.
  static constexpr T headroom = T(8);

  static void attend_block(const AttentionTile<T>& tile, Size begin, Size end, bool started) {
    attend_softmax(tile, 0, begin, end, started, [&](BlockSums& sums) {
      for_rows<Shape::rows>(tile, begin, begin, end, [&]<int rows>(const T* keys, Size row) {
        Registers<rows> logits;
        fill<rows>(logits, tile.maximum, V(T(-1)));
        multiply<rows>(keys, keys_per_panel, tile.queries, tile.key_dimension, logits);
        weigh<rows>(logits, tile.weights + row * width, sums);
      });
    });
  }

  /// The products <x, y> once, then one softmax after the other.
  static void attend_block_by_multiples(const AttentionTile<T>& tile, Size begin, Size end, bool started) {
    for_rows<Shape::rows>(tile, begin, begin, end, [&]<int rows>(const T* keys, Size row) {
      Registers<rows> logits;
      fill<rows>(logits, tile.maximum, V(T(0)));
      multiply<rows>(keys, keys_per_panel, tile.queries, tile.key_dimension, logits);
      store<rows>(logits, tile.logits + row * width);
    });
    for (Size softmax = 0; softmax < tile.softmaxes; ++softmax) {
      const V multiplier(tile.multipliers[softmax]);
      attend_softmax(tile, softmax, begin, end, started, [&](BlockSums& sums) {
        for (Size row = 0; row < end - begin; ++row) {
          Registers<1> logits;
          fill<1>(logits, tile.maximum + softmax * width, V(T(-1)));
          for (int v = 0; v < vectors; ++v) {
            const V product = V::load_unaligned(tile.logits + row * width + v * lanes);
            logits[0][v] = multiply_add<fused>(product, multiplier, logits[0][v]);
          }
          weigh<1>(logits, tile.weights + row * width, sums);
        }
      });
    }
  }

  /// One softmax over a block: weights, their sums, weighted values.
  template <class WeighBlock>
  static void attend_softmax(const AttentionTile<T>& tile, Size softmax, Size begin, Size end, bool started,
                             WeighBlock weigh_block) {
    BlockSums sums;
    weigh_block(sums);
    if (raise_maximum(tile, softmax, sums, started)) {
      sums = BlockSums();
      weigh_block(sums);
    }
    for (int v = 0; v < vectors; ++v) {
      const Size place = softmax * width + v * lanes;
      add(tile.sum + place, sums.weights[v]);
      if constexpr (spread) {
        add(tile.squares + place, sums.squares[v]);
        add(tile.weighted_logits + place, sums.weighted_logits[v]);
      }
    }
    const T* values = tile.values + begin * tile.value_dimension;
    T* output = tile.output + softmax * tile.value_dimension * width;
    Size column = 0;
    for (; column + Shape::rows <= tile.value_dimension; column += Shape::rows) {
      average<Shape::rows>(tile, values + column, end - begin, output + column * width);
    }
    average_rest<Shape::rows - 1>(tile, values + column, end - begin, tile.value_dimension - column,
                                  output + column * width);
  }

  /// Calls use<rows>(packed keys, row of the block) for keys from `key` on: `rows` at a time where that many lie in one
  /// panel, fewer at either end.
  template <int rows, class Use>
  static void for_rows(const AttentionTile<T>& tile, Size begin, Size key, Size end, Use use) {
    while (key < end) {
      const Size row = key % keys_per_panel;
      if (row % rows == 0 && key + rows <= end) {
        use.template operator()<rows>(tile.keys + (key - row) * tile.key_dimension + row, key - begin);
        key += rows;
      } else if constexpr (rows > 1) {
        const Size next = key + rows - row % rows;
        const Size stop = next < end ? next : end;
        for_rows<rows / 2>(tile, begin, key, stop, use);
        key = stop;
      }
    }
  }

  /// Turns logits, relative to the maximum, into weights, and adds to their sums.
  template <int rows>
  static void weigh(const Registers<rows>& logits, T* weights, BlockSums& sums) {
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

  /// Every row = factor * numbers, one number for each query.
  template <int rows>
  static void fill(Registers<rows>& registers, const T* numbers, V factor) {
    for (int v = 0; v < vectors; ++v) {
      const V start = V::load_unaligned(numbers + v * lanes) * factor;
      for (int r = 0; r < rows; ++r) {
        registers[r][v] = start;
      }
    }
  }

  template <int rows>
  static void store(const Registers<rows>& registers, T* numbers) {
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        registers[r][v].store_unaligned(numbers + r * width + v * lanes);
      }
    }
  }

  /// sums(r, q) += sum_k left[k * stride + r] right(k, q), k ascending.
  template <int rows>
  static void multiply(const T* left, Size stride, const T* right, Size count, Registers<rows>& sums) {
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

  /// Adds the block's weighted values, `rows` columns of them.
  template <int rows>
  static void average(const AttentionTile<T>& tile, const T* values, Size count, T* output) {
    Registers<rows> sums;
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        sums[r][v] = V::load_unaligned(output + r * width + v * lanes);
      }
    }
    multiply<rows>(values, tile.value_dimension, tile.weights, count, sums);
    store<rows>(sums, output);
  }

  /// The last columns of the values, fewer than a tile has rows.
  template <int rows>
  static void average_rest(const AttentionTile<T>& tile, const T* values, Size count, Size columns,
                           T* output) {
    if constexpr (rows > 0) {
      if (columns == rows) {
        average<rows>(tile, values, count, output);
      } else {
        average_rest<rows - 1>(tile, values, count, columns, output);
      }
    }
  }

  /// Raises the maximum of the queries that outgrew it, and scales their sums down. The first block sets it for all.
  /// Each query decides for itself, so that the result does not depend on which queries share a tile.
  static bool raise_maximum(const AttentionTile<T>& tile, Size softmax, const BlockSums& sums, bool started) {
    const V threshold(started ? headroom : std::numeric_limits<T>::lowest());
    bool raised = false;
    for (int v = 0; v < vectors; ++v) {
      const auto outgrown = sums.largest[v] > threshold;
      if (!xsimd::any(outgrown)) {
        continue;
      }
      raised = true;
      const V rise = xsimd::select(outgrown, sums.largest[v], V(T(0)));
      add(tile.maximum + softmax * width + v * lanes, rise);
      if (started) {
        scale_down(tile, softmax, v, rise);
      }
    }
    return raised;
  }

  static void scale_down(const AttentionTile<T>& tile, Size softmax, int v, V rise) {
    const V factor = exp2_bounded_below<fused>(-rise);
    const Size place = softmax * width + v * lanes;
    if constexpr (spread) {
      // Each logit moves down by the rise of the maximum.
      const V sum = V::load_unaligned(tile.sum + place);
      const V moved = V::load_unaligned(tile.weighted_logits + place) - rise * sum;
      (moved * factor).store_unaligned(tile.weighted_logits + place);
      multiply_by(tile.squares + place, factor * factor);
    }
    multiply_by(tile.sum + place, factor);
    T* output = tile.output + softmax * tile.value_dimension * width + v * lanes;
    for (Size c = 0; c < tile.value_dimension; ++c) {
      multiply_by(output + c * width, factor);
    }
  }

  static void add(T* numbers, V amount) { (V::load_unaligned(numbers) + amount).store_unaligned(numbers); }
  static void multiply_by(T* numbers, V factor) {
    (V::load_unaligned(numbers) * factor).store_unaligned(numbers);
  }
};

}  // namespace asymptoken::simd
