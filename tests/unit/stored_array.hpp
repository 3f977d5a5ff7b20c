#pragma once

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "asymptoken/array.hpp"

namespace asymptoken {

/// Numbers somewhere in memory, in the order that the strides say. Arrays and inputs made of them must not outlive them.
class Stored {
 public:
  Stored(const Rows<double>& rows, NumberType type, std::vector<Index> shape, std::vector<Index> strides)
      : layout_{.type = type, .shape = std::move(shape), .strides = std::move(strides)} {
    const Index row_stride = layout_.strides.empty() ? rows.cols() : layout_.strides[0];
    const Index column_stride = layout_.strides.size() > 1 ? layout_.strides[1] : 1;
    const Index first = row_stride < 0 ? -row_stride * (rows.rows() - 1) : 0;
    // Behind one byte, so that nothing is aligned; what lies between the numbers is none.
    start_ = 1 + static_cast<std::size_t>(first) * size_of(type);
    bytes_.assign(1 + static_cast<std::size_t>(8 * rows.size() + 64) * size_of(type), std::byte{0xff});
    for (Index i = 0; i < rows.rows(); ++i) {
      for (Index j = 0; j < rows.cols(); ++j) {
        write(first + i * row_stride + j * column_stride, rows(i, j));
      }
    }
  }

  Array array(std::string name = "x") const { return {std::move(name), bytes_.data() + start_, layout_}; }
  void give(Inputs& inputs, std::string name) const {
    inputs.add(std::move(name), bytes_.data() + start_, layout_);
  }

 private:
  void write(Index place, double number) {
    const auto narrow = static_cast<float>(number);
    const std::size_t size = size_of(layout_.type);
    std::memcpy(bytes_.data() + 1 + static_cast<std::size_t>(place) * size,
                size == 4 ? static_cast<const void*>(&narrow) : &number, size);
  }

  ArrayLayout layout_;
  std::size_t start_ = 0;
  std::vector<std::byte> bytes_;
};

inline Stored stored(const Rows<double>& rows, NumberType type = NumberType::float64,
                     std::vector<Index> strides = {}) {
  return {rows, type, {rows.rows(), rows.cols()}, std::move(strides)};
}

/// In Fortran order.
inline Stored by_columns(const Rows<double>& rows, NumberType type = NumberType::float64) {
  return stored(rows, type, {1, rows.rows()});
}

}  // namespace asymptoken
