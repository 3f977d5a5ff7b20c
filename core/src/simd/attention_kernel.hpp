#pragma once

#include "simd/kernels.hpp"
#include "simd/math.hpp"
#include "simd/register_tile.hpp"

// Softmax attention of one tile of queries over a range of packed keys.
//
// Queries lie in the lanes, so the sums over dimensions and over keys run in the same order on every target, whatever its
// lane width. Both products are the same register tile: `rows` broadcast numbers times `vectors` vectors of queries. The
// products and weights of a block of keys stay in the first-level cache; there is no array of queries x keys.

namespace asymptoken::simd {

template <class T, class Arch, bool fused, bool spread, class Shape>
class AttentionKernel {
  using V = Vector<T, Arch>;
  using Size = std::ptrdiff_t;
  static constexpr Size lanes = V::size;
  static constexpr int vectors = Shape::vectors;
  template <int rows>
  using Tile = RegisterTile<T, Arch, rows, vectors>;

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
  /// Weights below this power of two count as this one: nothing beside 1 even for 10^9 keys, and far enough above the
  /// least normal power that neither its square nor its product with a usual value is subnormal, which is slow.
  static constexpr int least_power = sizeof(T) == 4 ? -60 : -500;
  /// Weights in the innermost of the nested sums over a block: 8 of them, 4 of those, 4 of those.
  static constexpr Size weights_per_sum = 8;

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
    constexpr T most = std::numeric_limits<T>::max();
    Extremes extremes = {};
    for (int v = 0; v < vectors; ++v) {
      extremes.least[v] = V(most);
      extremes.largest[v] = V(-most);
    }
    for (Size key = begin; key < end;) {
      const Size row = key % panel;
      const Size panel_end = key - row + panel;
      const T* const keys = tile.keys + (key - row) * tile.key_dimension;
      for_rows((panel_end < end ? panel_end : end) - key, [&]<int rows>(Size from) {
        Tile<rows> products;
        products.template multiply<fused>(keys + row + from, 1, panel, tile.queries, tile.key_dimension);
        for (int v = 0; v < vectors; ++v) {
          for (int r = 0; r < rows; ++r) {
            extremes.largest[v] = xsimd::max(extremes.largest[v], products.sums[r][v]);
            if constexpr (several) {
              extremes.least[v] = xsimd::min(extremes.least[v], products.sums[r][v]);
            }
          }
        }
        products.store(tile.products + (key - begin + from) * width, width);
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
      largest = largest + V(tile.lift);
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
    const V factor = exp2_bounded_below<fused, least_power>(-rise);
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

  /// What weights add up to. Only those of a few keys are added one after the other, so that rounding errors, which are
  /// all alike where the weights are, do not pile up.
  struct WeightSums {
    V sum[vectors] = {};
    V squares[vectors] = {};
    V weighted_logits[vectors] = {};

    /// Adds `other`, which starts anew.
    [[gnu::always_inline]] void take(WeightSums& other) {
      for (int v = 0; v < vectors; ++v) {
        sum[v] += other.sum[v];
        if constexpr (spread) {
          squares[v] += other.squares[v];
          weighted_logits[v] += other.weighted_logits[v];
        }
      }
      other = {};
    }
  };

  /// Products to weights, and the sums of these.
  template <bool several>
  static void weigh(const AttentionTile<T>& tile, Size softmax, Size count, V multiplier) {
    V maximum[vectors];
    for (int v = 0; v < vectors; ++v) {
      maximum[v] = V::load_unaligned(tile.maximum + softmax * width + v * lanes);
    }
    const T* products = tile.products;
    T* weights = tile.weights;
    WeightSums block;
    WeightSums stretch;
    for (Size row = 0; row < count;) {
      WeightSums few;
      const Size left = count - row;
      const Size end = row + (left < weights_per_sum ? left : weights_per_sum);
      for (; row < end; ++row, products += width, weights += width) {
        for (int v = 0; v < vectors; ++v) {
          V logit = V::load_unaligned(products + v * lanes);
          if constexpr (several) {
            logit = logit * multiplier;
          }
          logit = logit - maximum[v];
          const V weight = exp2_bounded_below<fused, least_power>(logit);
          weight.store_unaligned(weights + v * lanes);
          few.sum[v] += weight;
          if constexpr (spread) {
            const V bounded = xsimd::max(logit, V(T(least_power)));
            few.squares[v] = multiply_add<fused>(weight, weight, few.squares[v]);
            few.weighted_logits[v] = multiply_add<fused>(weight, bounded, few.weighted_logits[v]);
          }
        }
      }
      stretch.take(few);
      if (row % keys_per_stretch == 0) {
        block.take(stretch);
      }
    }
    block.take(stretch);
    for (int v = 0; v < vectors; ++v) {
      const Size place = softmax * width + v * lanes;
      add(tile.sum + place, block.sum[v]);
      if constexpr (spread) {
        add(tile.squares + place, block.squares[v]);
        add(tile.weighted_logits + place, block.weighted_logits[v]);
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
      for_rows(left < panel ? left : panel, [&]<int rows>(Size from) {
        T* const sums = output + (column + from) * width;
        for (Size key = 0; key < end - begin; key += keys_per_stretch) {
          const Size rest = end - begin - key;
          Tile<rows> averages;
          averages.template multiply<fused>(values + key * panel + from, 1, panel, tile.weights + key * width,
                                            rest < keys_per_stretch ? rest : keys_per_stretch);
          averages.add_to(sums, width);
        }
      });
      values += keys_per_block * panel;
    }
  }

  /// Calls use<rows>(first row) for `count` rows in nearly equal parts that fit the register tile.
  template <class Use>
  static void for_rows(Size count, Use use) {
    const Parts parts(count, Shape::rows);
    for (Size part = 0; part < parts.count; ++part) {
      dispatch<Shape::rows>(parts.size(part),
                            [&]<int rows>() { use.template operator()<rows>(parts.start(part)); });
    }
  }

  static void add(T* numbers, V amount) { (V::load_unaligned(numbers) + amount).store_unaligned(numbers); }
  static void multiply_by(T* numbers, V factor) {
    (V::load_unaligned(numbers) * factor).store_unaligned(numbers);
  }
};

}  // namespace asymptoken::simd
