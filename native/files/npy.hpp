#pragma once

#include <cstdint>
#include <string>

#include "asymptoken/array.hpp"
#include "files/pending_file.hpp"

namespace asymptoken::native {

/// A .npy file under way, of a shape that is known beforehand; rows may come in any order.
class NpyWriter {
 public:
  /// Throws Error naming `field` when the path cannot be written.
  NpyWriter(std::string field, const std::string& path, NumberType type, Index rows, Index columns);

  /// Rows first, first + 1, ...: as many as there are numbers for. Safe from several threads at once.
  void write(Index first, const Rows<double>& rows);
  void publish() { file_.publish(); }

 private:
  PendingFile file_;
  NumberType type_;
  std::uint64_t data_offset_ = 0;
  Index columns_;
};

/// All at once.
void write_npy(const std::string& field, const std::string& path, NumberType type, const Rows<double>& rows);

}  // namespace asymptoken::native
