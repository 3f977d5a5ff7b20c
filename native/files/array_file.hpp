#pragma once

#include <cstddef>
#include <string>

#include "asymptoken/array.hpp"
#include "files/descriptor.hpp"

namespace asymptoken::native {

/// The bytes of a file in memory, brought there by the system as they are read.
class MappedFile {
 public:
  /// Throws Error naming the file when it cannot be read.
  explicit MappedFile(const std::string& path, const std::string& expected);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {start_, size_}; }

 private:
  std::byte* start_ = nullptr;
  std::size_t size_ = 0;
};

/// An array in a .npy file, larger than memory or not.
class ArrayFile {
 public:
  /// Throws one Error naming the file when it is anything else.
  explicit ArrayFile(const std::string& path);

  const ArrayLayout& layout() const { return header_.layout; }
  const void* data() const { return file_.bytes().data() + header_.data_offset; }
  /// By that name, or the path.
  Array array() const { return {path_, data(), layout()}; }

 private:
  std::string path_;
  MappedFile file_;
  NpyHeader header_;
};

}  // namespace asymptoken::native
