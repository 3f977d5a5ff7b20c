#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asymptoken/matrix.hpp"

namespace asymptoken {

/// What the numbers of an array are, all little-endian.
enum class NumberType : std::uint8_t { float32, float64 };
/// `float32` or `float64`.
std::string_view name_of(NumberType type);
/// Bytes of one.
std::size_t size_of(NumberType type);

/// A hash of 128 bits. Two arrays have the same one if, and practically only if, their type, shape and numbers are the same,
/// whatever their order in memory and whatever the machine.
struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};
/// 32 hexadecimal digits.
std::string text_of(Fingerprint fingerprint);

/// How an array lies in memory.
struct ArrayLayout {
  NumberType type = NumberType::float32;
  std::vector<Index> shape;  ///< one or two lengths, each at least 1
  std::vector<Index>
      strides;  ///< numbers from one entry to the next along each of them; empty: rows contiguous

  Index size() const;  ///< how many numbers
  bool has_contiguous_rows() const;
};
/// As in `200000 x 64 float32`.
std::string text_of(const ArrayLayout& layout);

/// A read-only array that somebody else owns, in a file or in memory, and that may be larger than memory: its rows are
/// converted as they are asked for. `data` need not be aligned. An array of one dimension counts as one column.
class Array {
 public:
  /// `name` is what an Error calls it: a path, or the name of an input.
  Array(std::string name, const void* data, ArrayLayout layout);

  const std::string& name() const { return name_; }
  const ArrayLayout& layout() const { return layout_; }
  Index rows() const { return layout_.shape.front(); }
  Index columns() const { return layout_.shape.size() > 1 ? layout_.shape[1] : 1; }

  /// Rows first .. first + count - 1 in T, float or double; safe from several threads at once. Throws Error (field `name`)
  /// at a number that is not finite.
  template <class T>
  Rows<T> read(Index first, Index count) const;

  Fingerprint fingerprint() const;

 private:
  std::string name_;
  const std::byte* data_;
  ArrayLayout layout_;
};

/// What a document keeps of an array that it rests on.
struct InputDescription {
  std::string name;
  std::string layout;       ///< such as `200000 x 64 float32`
  std::string fingerprint;  ///< of its content

  friend bool operator==(const InputDescription&, const InputDescription&) = default;
};
InputDescription describe(const Array& array);

/// Arrays beside a spec, which asks for them by name: {"input": "tokens"}. Their memory must outlive the specs read with them.
class Inputs {
 public:
  /// Throws Error when there is one of that name already.
  void add(std::string name, const void* data, ArrayLayout layout);
  /// Throws Error, naming `field`, where it is asked for, and the inputs that there are.
  const Array& at(std::string_view name, std::string_view field) const;

  const std::map<std::string, Array, std::less<>>& all() const { return arrays_; }

 private:
  std::map<std::string, Array, std::less<>> arrays_;
};

// ---- Files of NumPy ------------------------------------------------------------------------------------------------------

/// What stands before the numbers of a .npy file.
struct NpyHeader {
  ArrayLayout layout;
  std::uint64_t data_offset = 0;  ///< bytes
};

/// Reads the header of a .npy file of format 1 to 3 from its first bytes, as many as there are up to `npy_header_bytes`. Every
/// header that NumPy itself reads is read, C and Fortran order alike, of numbers of a NumberType and one or two dimensions.
/// Throws Error (field `name`) at anything else, and when the file is shorter or longer than the header says.
NpyHeader read_npy_header(std::string_view name, std::span<const std::byte> start, std::uint64_t file_bytes);
inline constexpr std::uint64_t npy_header_bytes = (std::uint64_t{1} << 20) + 12;

/// A header for rows that are contiguous; the numbers follow it.
std::string write_npy_header(NumberType type, Index rows, Index columns);

}  // namespace asymptoken
