#include "files/text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

#include "asymptoken/error.hpp"

namespace asymptoken::native {

namespace {

constexpr std::string_view standard_stream = "-";

[[noreturn]] void throw_unreadable(std::string_view field, const std::string& path, int error) {
  throw Error(field, path, "a file that can be read (" + system_message(error) + ")");
}

[[noreturn]] void throw_unwritable(std::string_view field, const std::string& path, int error) {
  throw Error(field, path, "a path that can be written (" + system_message(error) + ")");
}

bool is_device_or_pipe(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_other(path, ignored);
}

}  // namespace

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::string read_text(std::string_view field, const std::string& path) {
  const bool standard = path == standard_stream;
  const Descriptor file(standard ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  if (!file.is_open() || !read_all(file, text)) throw_unreadable(field, path, errno);
  return text;
}

void require_writable(std::string_view field, const std::string& path) {
  if (path == standard_stream) return;
  if (is_device_or_pipe(path)) {
    if (::access(path.c_str(), W_OK) != 0) throw_unwritable(field, path, errno);
    return;
  }
  const PendingFile probe{std::string(field), path};
}

TextWriter::TextWriter(std::string field, std::string path)
    : field_(std::move(field)), path_(std::move(path)) {
  const bool standard = path_ == standard_stream;
  if (!standard && !is_device_or_pipe(path_)) {
    pending_.emplace(field_, path_);
    return;
  }
  direct_ = Descriptor(standard ? ::dup(STDOUT_FILENO) : ::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  if (!direct_.is_open()) throw_unwritable(field_, path_, errno);
}

void TextWriter::write(std::string_view text) {
  if (!write_all(pending_ ? pending_->descriptor() : direct_, text)) throw_unwritable(field_, path_, errno);
}

void TextWriter::publish() {
  if (pending_) pending_->publish();
}

void write_text(std::string_view field, const std::string& path, std::string_view text) {
  TextWriter writer{std::string(field), path};
  writer.write(text);
  writer.publish();
}

}  // namespace asymptoken::native
