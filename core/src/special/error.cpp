#include "asymptoken/error.hpp"

namespace asymptoken {

namespace {

/// Bytes of UTF-8 after the first of a character.
bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

/// A key or a value can be as long as a file. Whole characters stay.
std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 500;
  constexpr std::size_t kept_start = 120;
  constexpr std::size_t kept_end = 40;
  if (text.size() <= longest) {
    return std::string(text);
  }
  std::size_t start = kept_start;
  while (start > 0 && continues_character(text[start])) {
    --start;
  }
  std::size_t end = text.size() - kept_end;
  while (end < text.size() && continues_character(text[end])) {
    ++end;
  }
  return std::string(text.substr(0, start)) + "..." + std::string(text.substr(end));
}

}  // namespace

std::string Error::sentence(std::string_view field, std::string_view value, std::string_view expected) {
  return shortened(field) + " is " + shortened(value) + "; expected " + shortened(expected);
}

}  // namespace asymptoken
