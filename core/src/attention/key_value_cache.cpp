#include <algorithm>
#include <limits>
#include <span>
#include <string>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "simd/kernels.hpp"

namespace asymptoken {

namespace {

/// A value that is NaN widens nothing.
template <class T>
void widen_by(const T* values, T* least, T* largest, Index count) {
  for (Index c = 0; c < count; ++c) {
    least[c] = std::min(least[c], values[c]);
    largest[c] = std::max(largest[c], values[c]);
  }
}

}  // namespace

template <class T>
KeyValueCache<T>::KeyValueCache(Index key_dimension, Index value_dimension)
    : key_dimension_(key_dimension), value_dimension_(value_dimension) {
  if (key_dimension < 1) {
    throw Error("key dimension", std::to_string(key_dimension), "at least 1");
  }
  if (value_dimension < 1) {
    throw Error("value dimension", std::to_string(value_dimension), "at least 1");
  }
}

template <class T>
void KeyValueCache<T>::reserve(Index tokens) {
  keys_.reserve(static_cast<std::size_t>(keys_room(tokens)));
  values_.reserve(static_cast<std::size_t>(values_room(tokens)));
  const auto ranges =
      static_cast<std::size_t>((tokens + simd::keys_per_block - 1) / simd::keys_per_block * value_dimension_);
  least_.reserve(ranges);
  largest_.reserve(ranges);
}

template <class T>
Index KeyValueCache<T>::keys_room(Index tokens) const {
  return simd::panels(tokens) * simd::panel * key_dimension_;
}

template <class T>
Index KeyValueCache<T>::values_room(Index tokens) const {
  const Index blocks = (tokens + simd::keys_per_block - 1) / simd::keys_per_block;
  return blocks * simd::keys_per_block * simd::panels(value_dimension_) * simd::panel;
}

template <class T>
void KeyValueCache<T>::append(const RowsView<T>& keys, const RowsView<T>& values) {
  if (keys.cols() != key_dimension_) {
    throw Error("dimension of the keys", std::to_string(keys.cols()), std::to_string(key_dimension_));
  }
  if (values.cols() != value_dimension_) {
    throw Error("dimension of the values", std::to_string(values.cols()), std::to_string(value_dimension_));
  }
  if (keys.rows() != values.rows()) {
    throw Error("number of values", std::to_string(values.rows()),
                "the number of keys, " + std::to_string(keys.rows()));
  }
  const Index size = size_ + keys.rows();
  keys_.resize(static_cast<std::size_t>(keys_room(size)));
  values_.resize(static_cast<std::size_t>(values_room(size)));
  const auto ranges =
      static_cast<std::size_t>((size + simd::keys_per_block - 1) / simd::keys_per_block * value_dimension_);
  least_.resize(ranges, std::numeric_limits<T>::infinity());
  largest_.resize(ranges, -std::numeric_limits<T>::infinity());
  for (Index row = 0; row < keys.rows(); ++row) {
    const Index token = size_ + row;
    T* key = keys_.data() + token / simd::panel * simd::panel * key_dimension_ + token % simd::panel;
    for (Index k = 0; k < key_dimension_; ++k) {
      key[k * simd::panel] = keys(row, k);
    }
    const Index row_of_block = token % simd::keys_per_block;
    T* value = values_.data() + (token - row_of_block) * simd::panels(value_dimension_) * simd::panel +
               row_of_block * simd::panel;
    for (Index column = 0; column < value_dimension_; column += simd::panel) {
      std::copy_n(values.row(row).data() + column, std::min(simd::panel, value_dimension_ - column), value);
      value += simd::keys_per_block * simd::panel;
    }
    const Index range = token / simd::keys_per_block * value_dimension_;
    widen_by(values.row(row).data(), least_.data() + range, largest_.data() + range, value_dimension_);
  }
  size_ = size;
}

template <class T>
void KeyValueCache<T>::widen(std::span<T> least, std::span<T> largest, Index first, Index last) const {
  const Index first_row = first % simd::keys_per_block;
  const Index block = first - first_row;
  if (first_row == 0 && last == std::min(size_, block + simd::keys_per_block)) {
    const Index range = block / simd::keys_per_block * value_dimension_;
    for (std::size_t c = 0; c < least.size(); ++c) {
      least[c] = std::min(least[c], least_[static_cast<std::size_t>(range) + c]);
      largest[c] = std::max(largest[c], largest_[static_cast<std::size_t>(range) + c]);
    }
    return;
  }
  const T* values = values_.data() + block * simd::panels(value_dimension_) * simd::panel;
  for (Index column = 0; column < value_dimension_; column += simd::panel) {
    for (Index row = first_row; row < last - block; ++row) {
      widen_by(values + row * simd::panel, least.data() + column, largest.data() + column,
               std::min(simd::panel, value_dimension_ - column));
    }
    values += simd::keys_per_block * simd::panel;
  }
}

template <class T>
void KeyValueCache<T>::clear() {
  keys_.clear();
  values_.clear();
  least_.clear();
  largest_.clear();
  size_ = 0;
}

template class KeyValueCache<float>;
template class KeyValueCache<double>;

}  // namespace asymptoken
