#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "asymptoken/array.hpp"
#include "asymptoken/error.hpp"

namespace asymptoken {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
/// A header of two dimensions takes about a hundred bytes; a megabyte is no header.
constexpr std::uint32_t longest_header = 1 << 20;

/// Walks over the literal of a Python dictionary, which is what a .npy header is.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool take(char wanted) {
    skip_spaces();
    if (text_.empty() || text_.front() != wanted) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  std::optional<std::string_view> quoted() {
    skip_spaces();
    if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) {
      return std::nullopt;
    }
    const auto end = text_.find(text_.front(), 1);
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    const auto inner = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return inner;
  }

  /// What stands before the next character that ends a value.
  std::string_view word(std::string_view ends) {
    skip_spaces();
    auto found = text_.substr(0, text_.find_first_of(ends));
    text_.remove_prefix(found.size());
    while (!found.empty() && found.back() == ' ') {
      found.remove_suffix(1);
    }
    return found;
  }

  bool at_end() {
    skip_spaces();
    return text_.empty();
  }

 private:
  void skip_spaces() {
    const auto start = text_.find_first_not_of(" \t\r\n");
    text_.remove_prefix(start == std::string_view::npos ? text_.size() : start);
  }

  std::string_view text_;
};

struct Header {
  std::string descr;
  std::string fortran_order;
  std::string shape;  ///< without the brackets
};

std::optional<Header> parse_header(std::string_view text) {
  Scanner scanner(text);
  Header header;
  std::set<std::string_view> seen;
  if (!scanner.take('{')) {
    return std::nullopt;
  }
  while (!scanner.take('}')) {
    const auto key = scanner.quoted();
    if (!key || !seen.insert(*key).second || !scanner.take(':')) {
      return std::nullopt;
    }
    if (*key == "descr") {
      // A structured array has a list here; it is reported as what it is.
      const auto descr = scanner.quoted();
      header.descr = descr ? std::string(*descr) : std::string(scanner.word("]")) + "]";
      if (!descr && !scanner.take(']')) {
        return std::nullopt;
      }
    } else if (*key == "fortran_order") {
      header.fortran_order = scanner.word(",}");
    } else if (*key == "shape") {
      if (!scanner.take('(')) {
        return std::nullopt;
      }
      header.shape = scanner.word(")");
      if (!scanner.take(')')) {
        return std::nullopt;
      }
    } else {
      return std::nullopt;
    }
    if (!scanner.take(',')) {
      if (!scanner.take('}')) {
        return std::nullopt;
      }
      break;
    }
  }
  if (seen.size() != 3 || !scanner.at_end()) {
    return std::nullopt;
  }
  return header;
}

/// Types as NumPy names them, in this machine's order of bytes or one that has none.
std::optional<NumberType> number_type_of(std::string_view descr) {
  if (!descr.empty() && (descr.front() == '<' || descr.front() == '=' || descr.front() == '|')) {
    descr.remove_prefix(1);
  }
  for (const std::string_view name : {"f4", "f", "float32", "single"}) {
    if (descr == name) {
      return NumberType::float32;
    }
  }
  for (const std::string_view name : {"f8", "d", "float64", "double", "float"}) {
    if (descr == name) {
      return NumberType::float64;
    }
  }
  return std::nullopt;
}

/// A length as Python 2 and 3 write it: 3L and 3.
std::optional<std::int64_t> length_of(std::string_view digits) {
  if (digits.ends_with('L')) {
    digits.remove_suffix(1);
  }
  if (digits.empty() || digits.size() > 18 ||
      digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t length = 0;
  for (const char digit : digits) {
    length = 10 * length + (digit - '0');
  }
  return length;
}

/// The lengths of a shape, which Index may not hold; nothing when there are not one or two of them.
std::optional<std::vector<std::int64_t>> lengths_of(std::string_view shape) {
  Scanner scanner(shape);
  std::vector<std::int64_t> lengths;
  bool goes_on = true;
  while (goes_on && !scanner.at_end()) {
    const auto length = length_of(scanner.word(","));
    if (!length) {
      return std::nullopt;
    }
    lengths.push_back(*length);
    goes_on = scanner.take(',');
  }
  const bool is_tuple = lengths.size() > 1 || goes_on;  // (3) is a number
  return is_tuple && !lengths.empty() && lengths.size() <= 2 && scanner.at_end() ? std::optional(lengths)
                                                                                 : std::nullopt;
}

/// From the text of a header.
ArrayLayout layout_of(std::string_view name, std::string_view text) {
  const auto header = parse_header(text);
  if (!header || (header->fortran_order != "True" && header->fortran_order != "False")) {
    throw Error(name, "a .npy file with an unreadable header", "the keys descr, fortran_order and shape");
  }
  const auto type = number_type_of(header->descr);
  if (!type) {
    throw Error(name, "an array of type " + header->descr, "little-endian float32 or float64 (<f4 or <f8)");
  }
  const std::string found = "an array of shape (" + header->shape + ")";
  const auto lengths = lengths_of(header->shape);
  if (!lengths) {
    throw Error(name, found, "one or two dimensions, one token a row");
  }
  const std::int64_t rows = lengths->front();
  const std::int64_t columns = lengths->size() > 1 ? lengths->back() : 1;
  if (rows < 1 || columns < 1) {
    throw Error(name, found, "at least one row and one column");
  }
  if (rows > std::numeric_limits<Index>::max() / 8 / columns) {
    throw Error(name, found, "a size that a file can have");
  }
  ArrayLayout layout{.type = *type, .shape = {lengths->begin(), lengths->end()}, .strides = {}};
  if (header->fortran_order == "True" && lengths->size() == 2) {
    layout.strides = {1, static_cast<Index>(rows)};
  }
  return layout;
}

}  // namespace

NpyHeader read_npy_header(std::string_view name, std::span<const std::byte> start, std::uint64_t file_bytes) {
  const auto byte = [&](std::size_t place) { return static_cast<std::uint32_t>(start[place]); };
  const std::string length_text = std::to_string(file_bytes) + " bytes long";
  constexpr std::size_t least = 12;
  if (start.size() < least) {
    throw Error(name, length_text, "a .npy file, which is longer");
  }
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  if (!text.starts_with(magic)) {
    throw Error(name, "not a .npy file", "one that begins with \\x93NUMPY");
  }
  const std::uint32_t major = byte(6);
  if (major < 1 || major > 3) {
    throw Error(name, "in .npy format " + std::to_string(major), "format 1, 2 or 3");
  }
  // Format 1 gives the length of the header in two bytes, later ones in four.
  std::uint32_t length = byte(8) | (byte(9) << 8);
  if (major > 1) {
    length |= (byte(10) << 16) | (byte(11) << 24);
  }
  if (length > longest_header) {
    throw Error(name, "a .npy file with a header of " + std::to_string(length) + " bytes", "a short one");
  }
  const std::uint64_t before = major > 1 ? 12 : 10;
  const std::uint64_t offset = before + length;
  if (file_bytes < offset || start.size() < offset) {
    throw Error(name, length_text, "at least the " + std::to_string(offset) + " bytes of its header");
  }
  ArrayLayout layout =
      layout_of(name, text.substr(static_cast<std::size_t>(before), static_cast<std::size_t>(length)));
  const std::uint64_t expected = offset + static_cast<std::uint64_t>(layout.size()) * size_of(layout.type);
  if (file_bytes != expected) {
    throw Error(name, length_text,
                std::to_string(expected) + " bytes, which its " + text_of(layout) + " numbers take");
  }
  return {.layout = std::move(layout), .data_offset = offset};
}

std::string write_npy_header(NumberType type, Index rows, Index columns) {
  std::string header = std::string("{'descr': '") + (type == NumberType::float64 ? "<f8" : "<f4") +
                       "', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                       std::to_string(columns) + "), }";
  // The data begin at a multiple of 64, as NumPy writes them; the header ends with a line break.
  constexpr std::size_t before = 10;
  header.resize((before + header.size() + 1 + 63) / 64 * 64 - before, ' ');
  header.back() = '\n';
  std::string start(magic);
  start += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return start + header;
}

}  // namespace asymptoken
