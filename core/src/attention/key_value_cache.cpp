#include <algorithm>
#include <string>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "simd/kernels.hpp"

namespace asymptoken {

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
  const Index panels = (tokens + simd::keys_per_panel - 1) / simd::keys_per_panel;
  keys_.reserve(static_cast<std::size_t>(panels * simd::keys_per_panel * key_dimension_));
  values_.reserve(static_cast<std::size_t>(tokens * value_dimension_));
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
  const Index panels = (size + simd::keys_per_panel - 1) / simd::keys_per_panel;
  keys_.resize(static_cast<std::size_t>(panels * simd::keys_per_panel * key_dimension_));
  values_.resize(static_cast<std::size_t>(size * value_dimension_));
  for (Index row = 0; row < keys.rows(); ++row) {
    const Index token = size_ + row;
    T* panel = keys_.data() + token / simd::keys_per_panel * simd::keys_per_panel * key_dimension_ +
               token % simd::keys_per_panel;
    for (Index k = 0; k < key_dimension_; ++k) {
      panel[k * simd::keys_per_panel] = keys(row, k);
    }
    std::copy_n(values.row(row).data(), value_dimension_, values_.data() + token * value_dimension_);
  }
  size_ = size;
}

template <class T>
void KeyValueCache<T>::clear() {
  keys_.clear();
  values_.clear();
  size_ = 0;
}

template class KeyValueCache<float>;
template class KeyValueCache<double>;

}  // namespace asymptoken
