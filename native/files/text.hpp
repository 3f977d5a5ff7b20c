#pragma once

#include <string>
#include <string_view>

namespace asymptoken::native {

// `field` is what an Error calls the file, such as `--output` or `SPEC`. The path `-` is standard input or output.

/// Whether there is something at that path.
bool exists(const std::string& path);

/// Throws Error when there is nothing that can be read.
std::string read_text(std::string_view field, const std::string& path);

/// Throws Error unless write_text or a PendingFile would succeed as far as can be told beforehand.
void require_writable(std::string_view field, const std::string& path);

/// Writes beside `path`, then renames, so that a reader finds the old file or the new one and never a part.
/// Devices and pipes, which cannot be replaced, are written to directly.
void write_text(std::string_view field, const std::string& path, std::string_view text);

}  // namespace asymptoken::native
