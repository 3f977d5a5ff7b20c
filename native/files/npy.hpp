#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "asymptoken/matrix.hpp"
#include "files/descriptor.hpp"
#include "files/pending_file.hpp"

namespace asymptoken::native {

/// A two-dimensional array in a .npy file (format 1, 2 or 3), little-endian float32 or float64, rows contiguous.
/// Rows are read when they are asked for, so that no array need ever be in memory whole.
class NpyReader {
 public:
  /// Throws one Error naming the file when it is anything else, or shorter or longer than its header says.
  explicit NpyReader(std::string path);

  const std::string& path() const { return path_; }
  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  bool is_float64() const { return item_bytes_ == 8; }

  /// Rows first .. first+count-1 in T; safe from several threads at once. Throws Error at a number that is not finite.
  template <class T>
  Rows<T> read(Index first, Index count) const;

 private:
  template <class Stored>
  Rows<Stored> read_stored(Index first, Index count) const;
  void read_shape(std::string_view header);
  [[noreturn]] void fail(std::string_view found, std::string_view expected) const;

  std::string path_;
  Descriptor file_;
  std::uint64_t data_offset_ = 0;
  std::uint64_t item_bytes_ = 0;
  Index rows_ = 0;
  Index columns_ = 0;
};

/// A .npy file under way, of a shape that is known beforehand; rows may come in any order.
template <class T>
class NpyWriter {
 public:
  NpyWriter(std::string field, const std::string& path, Index rows, Index columns);

  /// Safe from several threads at once.
  void write(Index first, const Rows<T>& rows);
  void publish() { file_.publish(); }

 private:
  PendingFile file_;
  std::uint64_t data_offset_ = 0;
  Index columns_;
};

}  // namespace asymptoken::native
