#pragma once

#include <string>

#include "files/descriptor.hpp"

namespace asymptoken::native {

/// A file that is being written: it lies beside its destination until `publish`, and is gone when there is none.
class PendingFile {
 public:
  /// Throws Error naming `field` when the folder does not let us write, or when `path` is not a regular file.
  PendingFile(std::string field, std::string path);
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  ~PendingFile();

  const Descriptor& descriptor() const { return descriptor_; }
  /// Throws Error for what errno says, such as a full disk.
  [[noreturn]] void fail() const;
  /// The file takes its place, replacing what was there.
  void publish();

 private:
  std::string field_;
  std::string path_;         ///< as it was given
  std::string destination_;  ///< what it stands for
  std::string beside_;
  Descriptor descriptor_;
};

}  // namespace asymptoken::native
