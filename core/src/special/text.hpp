#pragma once

#include <array>
#include <charconv>
#include <string>

namespace asymptoken::detail {

/// The shortest text that reads back as the same number.
inline std::string text_of(double value) {
  std::array<char, 32> buffer{};
  const std::to_chars_result result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}

}  // namespace asymptoken::detail
