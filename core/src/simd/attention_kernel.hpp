#pragma once

#include "simd/kernels.hpp"
#include "simd/math.hpp"

// Softmax attention of one tile of queries over a range of packed keys.
//
// Queries lie in the lanes, so the sums over dimensions and over keys run in the same order on every target, whatever its
// lane width. Both products are the same register tile: `rows` broadcast numbers times `vectors` vectors of queries. The
// products and weights of a block of keys stay in the first-level cache; there is no array of queries x keys.

namespace asymptoken::simd {

/// The shape of the register tile for one target: at most rows x vectors accumulators.
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
        attend_block<false>(tile, begin, end, started);
      } else {
        attend_block<true>(tile, begin, end, started);
      }
      started = true;
      begin = end;
    }
  }

  static void move(double* totals, const double* factors, T* recent, Size rows) {
    for (Size row = 0; row < rows; ++row) {
      for (Size q = 0; q < width; ++q) {
        totals[q] = totals[q] * factors[q] + static_cast<double>(recent[q]);
        recent[q] = T(0);
      }
      totals += width;
      recent += width;
    }
  }

 private:
  /// Weights may exceed 1 by this power of two before the maximum is raised: far from overflow, and rare.
  static constexpr T headroom = T(8);

  /// The least and the largest product of each query in a block; the least is known where `several` softmaxes share them.
  struct Extremes {
    V least[vectors];
    V largest[vectors];
  };

  template <bool several>
  static void attend_block(const AttentionTile<T>& tile, Size begin, Size end, bool started) {
    const Extremes extremes = multiply_keys<several>(tile, begin, end);
    for (Size softmax = 0; softmax < tile.softmaxes; ++softmax) {
      const V multiplier(tile.multipliers[softmax]);
      raise_maximum<several>(tile, softmax, extremes, multiplier, started);
      weigh<several>(tile, softmax, end - begin, multiplier);
      average_values(tile, softmax, begin, end);
    }
  }

  /// The products <x, y> of the block.
  template <bool several>
  static Extremes multiply_keys(const AttentionTile<T>& tile, Size begin, Size end) {
    Extremes extremes;
    for (int v = 0; v < vectors; ++v) {
      extremes.least[v] = V(std::numeric_limits<T>::max());
      extremes.largest[v] = V(std::numeric_limits<T>::lowest());
    }
    for (Size key = begin; key < end;) {
      const Size row = key % panel;
      const Size panel_end = key - row + panel;
      const T* const keys = tile.keys + (key - row) * tile.key_dimension;
      for_rows(row, (panel_end < end ? panel_end : end) - key, [&]<int rows>(Size from) {
        Registers<rows> sums = {};
        multiply<rows>(keys + from, tile.queries, tile.key_dimension, sums);
        for (int v = 0; v < vectors; ++v) {
          for (int r = 0; r < rows; ++r) {
            extremes.largest[v] = xsimd::max(extremes.largest[v], sums[r][v]);
            if constexpr (several) {
              extremes.least[v] = xsimd::min(extremes.least[v], sums[r][v]);
            }
          }
        }
        store<rows>(sums, tile.products + (key - begin + from - row) * width);
      });
      key = panel_end;
    }
    return extremes;
  }

  /// Raises the maximum of the queries that outgrew it, and scales their sums down. The first block sets it for all.
  /// Each query decides for itself, so that the result does not depend on which queries share a tile.
  template <bool several>
  static void raise_maximum(const AttentionTile<T>& tile, Size softmax, const Extremes& extremes,
                            V multiplier, bool started) {
    for (int v = 0; v < vectors; ++v) {
      T* const maximum = tile.maximum + softmax * width + v * lanes;
      const V old = V::load_unaligned(maximum);
      V largest = extremes.largest[v];
      if constexpr (several) {
        // The multiplier may be negative.
        largest = xsimd::max(largest * multiplier, extremes.least[v] * multiplier);
      }
      if (!started) {
        largest.store_unaligned(maximum);
        continue;
      }
      const auto outgrown = largest - old > V(headroom);
      if (xsimd::any(outgrown)) {
        const V raised = xsimd::select(outgrown, largest, old);
        raised.store_unaligned(maximum);
        scale_down(tile, softmax, v, raised - old);
      }
    }
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

  /// Products to weights, and the sums of these.
  template <bool several>
  static void weigh(const AttentionTile<T>& tile, Size softmax, Size count, V multiplier) {
    V maximum[vectors];
    V sum[vectors];
    V squares[vectors];
    V weighted_logits[vectors];
    for (int v = 0; v < vectors; ++v) {
      maximum[v] = V::load_unaligned(tile.maximum + softmax * width + v * lanes);
      sum[v] = squares[v] = weighted_logits[v] = V(T(0));
    }
    // More independent exponentials at a time, for the compilers of browsers.
#pragma GCC unroll 2
    for (Size row = 0; row < count; ++row) {
      for (int v = 0; v < vectors; ++v) {
        const Size at = row * width + v * lanes;
        V logit = V::load_unaligned(tile.products + at);
        if constexpr (several) {
          logit = logit * multiplier;
        }
        logit = logit - maximum[v];
        const V weight = exp2_bounded_below<fused>(logit);
        weight.store_unaligned(tile.weights + at);
        sum[v] += weight;
        if constexpr (spread) {
          squares[v] = multiply_add<fused>(weight, weight, squares[v]);
          weighted_logits[v] = multiply_add<fused>(weight, logit, weighted_logits[v]);
        }
      }
    }
    for (int v = 0; v < vectors; ++v) {
      const Size place = softmax * width + v * lanes;
      add(tile.sum + place, sum[v]);
      if constexpr (spread) {
        add(tile.squares + place, squares[v]);
        add(tile.weighted_logits + place, weighted_logits[v]);
      }
    }
  }

  static void average_values(const AttentionTile<T>& tile, Size softmax, Size begin, Size end) {
    const Size first_row = begin % keys_per_block;
    T* const output = tile.output + softmax * tile.value_dimension * width;
    const T* values =
        tile.values + (begin - first_row) * panels(tile.value_dimension) * panel + first_row * panel;
    for (Size column = 0; column < tile.value_dimension; column += panel) {
      const Size left = tile.value_dimension - column;
      for_rows(0, left < panel ? left : panel, [&]<int rows>(Size from) {
        T* const sums = output + (column + from) * width;
        Registers<rows> registers;
        load<rows>(sums, registers);
        multiply<rows>(values + from, tile.weights, end - begin, registers);
        store<rows>(registers, sums);
      });
      values += keys_per_block * panel;
    }
  }

  /// Calls use<rows>(row) for `count` rows of a panel from `row` on, in nearly equal parts that fit the register tile.
  template <class Use>
  static void for_rows(Size row, Size count, Use use) {
    for (Size parts = (count + Shape::rows - 1) / Shape::rows; parts > 0; --parts) {
      const Size rows = (count + parts - 1) / parts;
      with_rows<Shape::rows>(rows, row, use);
      row += rows;
      count -= rows;
    }
  }

  template <int rows, class Use>
  static void with_rows(Size wanted, Size row, Use& use) {
    if (wanted == rows) {
      use.template operator()<rows>(row);
    } else if constexpr (rows > 1) {
      with_rows<rows - 1>(wanted, row, use);
    }
  }

  /// sums(r, q) += sum_k left[k * panel + r] right(k, q), k ascending.
  template <int rows>
  static void multiply(const T* left, const T* right, Size count, Registers<rows>& sums) {
    for (Size k = 0; k < count; ++k) {
      V factors[vectors];
      for (int v = 0; v < vectors; ++v) {
        factors[v] = V::load_unaligned(right + v * lanes);
      }
      for (int r = 0; r < rows; ++r) {
        const V number(left[r]);
        for (int v = 0; v < vectors; ++v) {
          sums[r][v] = multiply_add<fused>(number, factors[v], sums[r][v]);
        }
      }
      left += panel;
      right += width;
    }
  }

  template <int rows>
  static void load(const T* numbers, Registers<rows>& registers) {
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < vectors; ++v) {
        registers[r][v] = V::load_unaligned(numbers + r * width + v * lanes);
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

  static void add(T* numbers, V amount) { (V::load_unaligned(numbers) + amount).store_unaligned(numbers); }
  static void multiply_by(T* numbers, V factor) {
    (V::load_unaligned(numbers) * factor).store_unaligned(numbers);
  }
};

}  // namespace asymptoken::simd
