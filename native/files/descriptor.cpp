#include "files/descriptor.hpp"

#include <array>
#include <cerrno>
#include <system_error>

namespace asymptoken::native {

bool read_all(const Descriptor& file, std::string& text) {
  std::array<char, 1 << 16> part{};
  while (true) {
    const ssize_t got = ::read(file.number(), part.data(), part.size());
    if (got == 0) return true;
    if (got > 0) {
      text.append(part.data(), static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      return false;
    }
  }
}

bool read_at(const Descriptor& file, std::uint64_t offset, void* target, std::size_t bytes) {
  auto* position = static_cast<char*>(target);
  while (bytes > 0) {
    const ssize_t got = ::pread(file.number(), position, bytes, static_cast<off_t>(offset));
    if (got == 0) {
      errno = 0;
      return false;
    }
    if (got < 0) {
      if (errno != EINTR) return false;
      continue;
    }
    position += got;
    offset += static_cast<std::uint64_t>(got);
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(const Descriptor& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(file.number(), text.data(), text.size());
    if (put >= 0) {
      text.remove_prefix(static_cast<std::size_t>(put));
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool write_at(const Descriptor& file, std::uint64_t offset, const void* source, std::size_t bytes) {
  const auto* position = static_cast<const char*>(source);
  while (bytes > 0) {
    const ssize_t put = ::pwrite(file.number(), position, bytes, static_cast<off_t>(offset));
    if (put < 0) {
      if (errno != EINTR) return false;
      continue;
    }
    position += put;
    offset += static_cast<std::uint64_t>(put);
    bytes -= static_cast<std::size_t>(put);
  }
  return true;
}

std::string system_message(int error) { return std::generic_category().message(error); }

}  // namespace asymptoken::native
