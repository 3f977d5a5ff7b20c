#include "asymptoken/array.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "array/fingerprint.hpp"
#include "asymptoken/error.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

/// A megabyte of numbers or a row at a time: enough for a disk, and nothing beside an array.
Index rows_at_once(const Array& array) {
  constexpr Index numbers = Index{1} << 17;
  return std::clamp<Index>(numbers / array.columns(), 1, array.rows());
}

template <class T>
T stored(const std::byte* data, Index place) {
  T number;
  std::memcpy(&number, data + place * static_cast<Index>(sizeof(T)), sizeof(T));
  return number;
}

/// Where in memory, in numbers, the entry of a row and column lies.
Index place_of(const ArrayLayout& layout, Index columns, Index row, Index column) {
  if (layout.has_contiguous_rows()) {
    return row * columns + column;
  }
  return row * layout.strides[0] + (layout.strides.size() > 1 ? column * layout.strides[1] : 0);
}

/// Rows first, first + 1, ... of an array whose numbers are of type Stored.
template <class Stored, class T>
void read_rows(const std::byte* data, const ArrayLayout& layout, Index first, Rows<T>& rows) {
  if constexpr (std::is_same_v<Stored, T>) {
    if (layout.has_contiguous_rows()) {
      std::memcpy(rows.data(), data + first * rows.cols() * static_cast<Index>(sizeof(T)),
                  static_cast<std::size_t>(rows.size()) * sizeof(T));
      return;
    }
  }
  for (Index j = 0; j < rows.cols(); ++j) {
    for (Index i = 0; i < rows.rows(); ++i) {
      rows(i, j) = static_cast<T>(stored<Stored>(data, place_of(layout, rows.cols(), first + i, j)));
    }
  }
}

template <class T>
void require_finite(const std::string& name, const std::byte* data, const ArrayLayout& layout,
                    const Rows<T>& rows, Index first) {
  if (rows.array().isFinite().all()) {
    return;
  }
  for (Index i = 0; i < rows.rows(); ++i) {
    for (Index j = 0; j < rows.cols(); ++j) {
      if (!std::isfinite(rows(i, j))) {
        const Index place = place_of(layout, rows.cols(), first + i, j);
        const double number = layout.type == NumberType::float32
                                  ? static_cast<double>(stored<float>(data, place))
                                  : stored<double>(data, place);
        throw Error(name,
                    detail::text_of(number) + " at row " + std::to_string(first + i) + ", column " +
                        std::to_string(j) + " (counted from 0)",
                    std::isfinite(number) ? "numbers that float32 can hold" : "finite numbers");
      }
    }
  }
}

}  // namespace

std::string_view name_of(NumberType type) { return type == NumberType::float32 ? "float32" : "float64"; }

std::size_t size_of(NumberType type) { return type == NumberType::float32 ? 4 : 8; }

std::string text_of(Fingerprint fingerprint) {
  std::string text;
  for (const std::uint64_t half : {fingerprint.high, fingerprint.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      text += "0123456789abcdef"[(half >> shift) & 15];
    }
  }
  return text;
}

Index ArrayLayout::size() const {
  Index count = 1;
  for (const Index length : shape) {
    count *= length;
  }
  return count;
}

bool ArrayLayout::has_contiguous_rows() const {
  if (strides.empty()) {
    return true;
  }
  if (shape.size() == 1) {
    return strides[0] == 1;
  }
  // No step is ever taken along a length of 1.
  return (shape[1] == 1 || strides[1] == 1) && (shape[0] == 1 || strides[0] == shape[1]);
}

std::string text_of(const ArrayLayout& layout) {
  std::string text;
  for (const Index length : layout.shape) {
    text += (text.empty() ? "" : " x ") + std::to_string(length);
  }
  return text + " " + std::string(name_of(layout.type));
}

Array::Array(std::string name, const void* data, ArrayLayout layout)
    : name_(std::move(name)), data_(static_cast<const std::byte*>(data)), layout_(std::move(layout)) {
  const std::size_t dimensions = layout_.shape.size();
  if (dimensions < 1 || dimensions > 2 || std::ranges::any_of(layout_.shape, [](Index n) { return n < 1; })) {
    throw Error(name_, "an array of another shape", "one or two dimensions of at least one number each");
  }
}

template <class T>
Rows<T> Array::read(Index first, Index count) const {
  Rows<T> numbers(count, columns());
  if (layout_.type == NumberType::float32) {
    read_rows<float>(data_, layout_, first, numbers);
  } else {
    read_rows<double>(data_, layout_, first, numbers);
  }
  require_finite(name_, data_, layout_, numbers, first);
  return numbers;
}

template Rows<float> Array::read(Index, Index) const;
template Rows<double> Array::read(Index, Index) const;

Fingerprint Array::fingerprint() const {
  FingerprintBuilder builder;
  builder.add(text_of(layout_));
  const Index step = rows_at_once(*this);
  for (Index first = 0; first < rows(); first += step) {
    const Index count = std::min(step, rows() - first);
    if (layout_.type == NumberType::float32) {
      builder.add(read<float>(first, count));
    } else {
      builder.add(read<double>(first, count));
    }
  }
  return builder.result();
}

InputDescription describe(const Array& array) {
  return {
      .name = array.name(), .layout = text_of(array.layout()), .fingerprint = text_of(array.fingerprint())};
}

void Inputs::add(std::string name, const void* data, ArrayLayout layout) {
  Array array(name, data, std::move(layout));
  if (!arrays_.emplace(name, std::move(array)).second) {
    throw Error("input " + name, "given twice", "a name of its own for each array");
  }
}

const Array& Inputs::at(std::string_view name, std::string_view field) const {
  const auto found = arrays_.find(name);
  if (found == arrays_.end()) {
    std::string known;
    for (const auto& [other, array] : arrays_) {
      known += (known.empty() ? "" : ", ") + other;
    }
    throw Error(field, "\"" + std::string(name) + "\"",
                known.empty() ? "the name of an input that is given with the spec, and none is"
                              : "the name of an input that is given with the spec: " + known);
  }
  return found->second;
}

}  // namespace asymptoken
