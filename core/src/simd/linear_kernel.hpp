#pragma once

#include "simd/kernels.hpp"
#include "simd/register_tile.hpp"

// y = W x + b for many rows x at once.
//
// Outputs lie in the lanes: the weights are packed once, in strips as wide as the register tile, and meet broadcast numbers
// of x, which is read where it lies. A tile of y stays in registers through all inputs and is written once. The strip streams
// from the second-level cache meanwhile, which keeps up: it gives one vector for several multiply-adds.
//
// What does not divide evenly is shared out: 50 outputs are strips of 1, 2, 2 and 2 vectors of 8, and 513 rows are tiles of 6
// and 5, so that no tile is left with a single row.

namespace asymptoken::simd {

template <class Arch, bool fused, class Shape>
class LinearKernel {
  using Size = std::ptrdiff_t;

  /// These rows of x stay in the outer caches while they meet one strip after the other.
  static constexpr Size rows_per_block = 512;

 public:
  static constexpr Size lanes = Vector<float, Arch>::size;

  static void pack(const float* weights, Size stride, Size outputs, Size inputs, float* packed) {
    const Parts strips = strips_of(outputs);
    for (Size strip = 0; strip < strips.count; ++strip) {
      for (Size k = 0; k < inputs; ++k) {
        for (Size output = strips.start(strip) * lanes; output < strips.start(strip + 1) * lanes; ++output) {
          *packed++ = output < outputs ? weights[output * stride + k] : 0.0F;
        }
      }
    }
  }

  static void multiply(const LinearProduct& product) {
    const Parts strips = strips_of(product.outputs);
    const Parts blocks(product.rows, rows_per_block);
    for (Size block = 0; block < blocks.count; ++block) {
      for (Size strip = 0; strip < strips.count; ++strip) {
        dispatch<Shape::vectors>(strips.size(strip), [&]<int vectors>() {
          multiply_strip<vectors>(product, blocks.start(block), blocks.size(block),
                                  strips.start(strip) * lanes);
        });
      }
    }
  }

 private:
  /// The vectors of outputs in strips.
  static Parts strips_of(Size outputs) { return {(outputs + lanes - 1) / lanes, Shape::vectors}; }

  template <int vectors>
  static void multiply_strip(const LinearProduct& product, Size first_row, Size rows, Size output) {
    const Parts tiles(rows, Shape::rows);
    for (Size tile = 0; tile < tiles.count; ++tile) {
      dispatch<Shape::rows>(tiles.size(tile), [&]<int tile_rows>() {
        multiply_tile<tile_rows, vectors>(product, first_row + tiles.start(tile), output);
      });
    }
  }

  template <int rows, int vectors>
  static void multiply_tile(const LinearProduct& product, Size row, Size output) {
    RegisterTile<float, Arch, rows, vectors> tile;
    tile.load(product.bias + output, 0);
    tile.template multiply<fused>(product.x + row * product.x_stride, product.x_stride, 1,
                                  product.weights + output * product.inputs, product.inputs);
    float* y = product.y + row * product.y_stride + output;
    const Size columns = product.outputs - output;
    if (columns >= tile.width) {
      tile.store(y, product.y_stride);
    } else {
      float padded[rows * tile.width];
      tile.store(padded, tile.width);
      for (int r = 0; r < rows; ++r) {
        for (Size q = 0; q < columns; ++q) {
          y[r * product.y_stride + q] = padded[r * tile.width + q];
        }
      }
    }
  }
};

}  // namespace asymptoken::simd
