#include "files/pending_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "asymptoken/error.hpp"

namespace asymptoken::native {

namespace {

// A link stays a link: what it points to is replaced.
std::string behind_links(const std::string& path) {
  std::error_code ignored;
  const auto resolved = std::filesystem::weakly_canonical(path, ignored);
  return ignored ? path : resolved.string();
}

}  // namespace

PendingFile::PendingFile(std::string field, std::string path)
    : field_(std::move(field)), path_(std::move(path)), destination_(behind_links(path_)) {
  std::error_code ignored;
  const auto kind = std::filesystem::status(destination_, ignored).type();
  if (kind == std::filesystem::file_type::directory) {
    throw Error(field_, path_, "the path of a file (this is a folder)");
  }
  if (kind != std::filesystem::file_type::not_found && kind != std::filesystem::file_type::none) {
    if (kind != std::filesystem::file_type::regular) throw Error(field_, path_, "the path of a regular file");
    if (::access(destination_.c_str(), W_OK) != 0) fail();
  }
  // The process id keeps two runs with one destination apart.
  std::string beside = destination_ + "." + std::to_string(::getpid()) + ".part";
  descriptor_ = Descriptor(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!descriptor_.is_open()) fail();
  beside_ = std::move(beside);
}

PendingFile::~PendingFile() {
  if (!beside_.empty()) ::unlink(beside_.c_str());
}

void PendingFile::fail() const {
  throw Error(field_, path_, "a path that can be written (" + system_message(errno) + ")");
}

void PendingFile::publish() {
  if (std::rename(beside_.c_str(), destination_.c_str()) != 0) fail();
  beside_.clear();
}

}  // namespace asymptoken::native
