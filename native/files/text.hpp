#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "files/descriptor.hpp"
#include "files/pending_file.hpp"

namespace asymptoken::native {

// `field` is what an Error calls the file, such as `--output` or `SPEC`. The path `-` is standard input or output.

/// Whether there is something at that path.
bool exists(const std::string& path);

/// Throws Error when there is nothing that can be read.
std::string read_text(std::string_view field, const std::string& path);

/// Throws Error unless a TextWriter or a PendingFile would succeed as far as can be told beforehand.
void require_writable(std::string_view field, const std::string& path);

/// A text that is written as it comes: beside `path`, which it takes when it is published, so that a reader finds the old
/// file or the new one and never a part. Standard output, devices and pipes, which cannot be replaced, are written to
/// directly.
class TextWriter {
 public:
  /// Throws Error when the path cannot be written; so does each of the following.
  TextWriter(std::string field, std::string path);

  void write(std::string_view text);
  /// What has been written is all.
  void publish();

 private:
  std::string field_;
  std::string path_;
  std::optional<PendingFile> pending_;
  Descriptor direct_;  ///< where there is nothing pending
};

/// All at once.
void write_text(std::string_view field, const std::string& path, std::string_view text);

}  // namespace asymptoken::native
