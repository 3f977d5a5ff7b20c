#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace asymptoken::native {

/// Owns an open file of the operating system.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// All of these return false with errno set when the system refuses.

/// Everything from where the file stands to its end.
bool read_all(const Descriptor& file, std::string& text);
/// Returns false with errno 0 when the file ends before `bytes`. Safe from several threads at once.
bool read_at(const Descriptor& file, std::uint64_t offset, void* target, std::size_t bytes);
bool write_all(const Descriptor& file, std::string_view text);
/// Safe from several threads at once.
bool write_at(const Descriptor& file, std::uint64_t offset, const void* source, std::size_t bytes);

/// What errno says, as in `No such file or directory`.
std::string system_message(int error);

}  // namespace asymptoken::native
