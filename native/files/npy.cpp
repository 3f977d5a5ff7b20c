#include "files/npy.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>

#include "asymptoken/error.hpp"

namespace asymptoken::native {

namespace {

static_assert(std::endian::native == std::endian::little, "arrays are read as they lie in the file");

constexpr std::string_view magic = "\x93NUMPY";
// The header of an array of two dimensions takes about a hundred bytes; a megabyte is no header.
constexpr std::uint32_t largest_header = 1 << 20;

// Walks over the literal of a Python dictionary, which is what a .npy header is.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool take(char wanted) {
    skip_spaces();
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  std::optional<std::string_view> quoted() {
    skip_spaces();
    if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) return {};
    const auto end = text_.find(text_.front(), 1);
    if (end == std::string_view::npos) return {};
    const auto inner = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return inner;
  }

  /// What stands before the next character that ends a value.
  std::string_view word(std::string_view ends) {
    skip_spaces();
    auto found = text_.substr(0, text_.find_first_of(ends));
    text_.remove_prefix(found.size());
    while (!found.empty() && found.back() == ' ') found.remove_suffix(1);
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
  if (!scanner.take('{')) return {};
  while (!scanner.take('}')) {
    const auto key = scanner.quoted();
    if (!key || !seen.insert(*key).second || !scanner.take(':')) return {};
    if (*key == "descr") {
      // A structured array has a list here; it is reported as what it is.
      const auto descr = scanner.quoted();
      header.descr = descr ? std::string(*descr) : std::string(scanner.word("]")) + "]";
      if (!descr && !scanner.take(']')) return {};
    } else if (*key == "fortran_order") {
      header.fortran_order = scanner.word(",}");
    } else if (*key == "shape") {
      if (!scanner.take('(')) return {};
      header.shape = scanner.word(")");
      if (!scanner.take(')')) return {};
    } else {
      return {};
    }
    if (!scanner.take(',')) {
      if (!scanner.take('}')) return {};
      break;
    }
  }
  if (seen.size() != 3 || !scanner.at_end()) return {};
  return header;
}

std::optional<Index> parse_length(std::string_view digits) {
  if (digits.empty() || digits.size() > 18 ||
      digits.find_first_not_of("0123456789") != std::string_view::npos)
    return {};
  return std::stoll(std::string(digits));
}

std::string text_of(double value) { return std::isnan(value) ? "nan" : (value < 0 ? "-inf" : "inf"); }

}  // namespace

void NpyReader::fail(std::string_view found, std::string_view expected) const {
  throw Error(path_, found, expected);
}

NpyReader::NpyReader(std::string path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status{};
  if (!file_.is_open() || ::fstat(file_.number(), &status) != 0) {
    fail("not readable (" + system_message(errno) + ")", "a .npy file");
  }
  if (!S_ISREG(status.st_mode)) fail("not a regular file", "a .npy file");
  const auto size = static_cast<std::uint64_t>(status.st_size);

  std::array<unsigned char, 12> start{};
  const std::string truncated = std::to_string(size) + " bytes long";
  if (size < start.size() || !read_at(file_, 0, start.data(), start.size())) {
    fail(truncated, "a .npy file, which is longer");
  }
  if (std::string_view(reinterpret_cast<const char*>(start.data()), magic.size()) != magic) {
    fail("not a .npy file", "one that begins with \\x93NUMPY");
  }
  const unsigned major = start[6];
  if (major < 1 || major > 3) fail("in .npy format " + std::to_string(major), "format 1, 2 or 3");
  // Format 1 gives the length of the header in two bytes, later ones in four.
  std::uint32_t length = start[8] | (static_cast<std::uint32_t>(start[9]) << 8);
  if (major > 1)
    length |= (static_cast<std::uint32_t>(start[10]) << 16) | (static_cast<std::uint32_t>(start[11]) << 24);
  const std::uint64_t header_offset = major > 1 ? 12 : 10;
  data_offset_ = header_offset + length;
  if (length > largest_header)
    fail("a .npy file with a header of " + std::to_string(length) + " bytes", "a short one");
  if (size < data_offset_)
    fail(truncated, "at least the " + std::to_string(data_offset_) + " bytes of its header");

  std::string header(length, ' ');
  if (!read_at(file_, header_offset, header.data(), header.size())) fail("not readable", "a .npy file");
  read_shape(header);

  const auto needed =
      data_offset_ + static_cast<std::uint64_t>(rows_) * static_cast<std::uint64_t>(columns_) * item_bytes_;
  if (size != needed) {
    fail(truncated, std::to_string(needed) + " bytes, which its " + std::to_string(rows_) + " x " +
                        std::to_string(columns_) + (is_float64() ? " float64" : " float32") +
                        " numbers take");
  }
}

void NpyReader::read_shape(std::string_view text) {
  const auto header = parse_header(text);
  if (!header) fail("a .npy file with an unreadable header", "the keys descr, fortran_order and shape");
  if (header->descr == "<f4") {
    item_bytes_ = 4;
  } else if (header->descr == "<f8") {
    item_bytes_ = 8;
  } else {
    fail("an array of type " + header->descr, "little-endian float32 or float64 (<f4 or <f8)");
  }
  if (header->fortran_order == "True") {
    fail("an array in Fortran order", "rows that are contiguous (numpy.ascontiguousarray)");
  }
  if (header->fortran_order != "False")
    fail("a .npy file with an unreadable header", "fortran_order True or False");

  Scanner lengths(header->shape);
  const auto rows = parse_length(lengths.word(","));
  const bool second = lengths.take(',');
  const auto columns = parse_length(lengths.word(","));
  lengths.take(',');
  const std::string found = "an array of shape (" + header->shape + ")";
  if (!second || !rows || !columns || !lengths.at_end()) fail(found, "two dimensions, one token a row");
  if (*rows < 1 || *columns < 1) fail(found, "at least one row and one column");
  if (*rows > std::numeric_limits<Index>::max() / 8 / *columns) fail(found, "a size that a file can have");
  rows_ = *rows;
  columns_ = *columns;
}

template <class Stored>
Rows<Stored> NpyReader::read_stored(Index first, Index count) const {
  Rows<Stored> rows(count, columns_);
  const auto row_bytes = static_cast<std::uint64_t>(columns_) * sizeof(Stored);
  const auto bytes = static_cast<std::size_t>(static_cast<std::uint64_t>(count) * row_bytes);
  if (!read_at(file_, data_offset_ + static_cast<std::uint64_t>(first) * row_bytes, rows.data(), bytes)) {
    fail(errno == 0 ? "shorter than when it was opened" : "not readable (" + system_message(errno) + ")",
         "a file that stays as it is");
  }
  if (!rows.array().isFinite().all()) {
    for (Index i = 0; i < count; ++i) {
      for (Index j = 0; j < columns_; ++j) {
        if (std::isfinite(rows(i, j))) continue;
        fail(text_of(static_cast<double>(rows(i, j))) + " at row " + std::to_string(first + i) + ", column " +
                 std::to_string(j) + " (counted from 0)",
             "finite numbers");
      }
    }
  }
  return rows;
}

template <class T>
Rows<T> NpyReader::read(Index first, Index count) const {
  if (is_float64()) {
    if constexpr (std::is_same_v<T, double>) return read_stored<double>(first, count);
    return read_stored<double>(first, count).template cast<T>();
  }
  if constexpr (std::is_same_v<T, float>) return read_stored<float>(first, count);
  return read_stored<float>(first, count).template cast<T>();
}

template Rows<float> NpyReader::read(Index, Index) const;
template Rows<double> NpyReader::read(Index, Index) const;

template <class T>
NpyWriter<T>::NpyWriter(std::string field, const std::string& path, Index rows, Index columns)
    : file_(std::move(field), path), columns_(columns) {
  std::string header = std::string("{'descr': '") + (sizeof(T) == 8 ? "<f8" : "<f4") +
                       "', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                       std::to_string(columns) + "), }";
  // The data begin at a multiple of 64, as NumPy writes them; the header ends with a line break.
  constexpr std::size_t before = 10;
  header.resize((before + header.size() + 1 + 63) / 64 * 64 - before, ' ');
  header.back() = '\n';
  std::string start(magic);
  start += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  data_offset_ = before + header.size();
  if (!write_all(file_.descriptor(), start + header)) file_.fail();
}

template <class T>
void NpyWriter<T>::write(Index first, const Rows<T>& rows) {
  const auto row_bytes = static_cast<std::uint64_t>(columns_) * sizeof(T);
  if (!write_at(file_.descriptor(), data_offset_ + static_cast<std::uint64_t>(first) * row_bytes, rows.data(),
                static_cast<std::size_t>(rows.size()) * sizeof(T))) {
    file_.fail();
  }
}

template class NpyWriter<float>;
template class NpyWriter<double>;

}  // namespace asymptoken::native
