#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asymptoken/spec.hpp"
#include "files/descriptor.hpp"

namespace asymptoken::native {

/// What has been computed so far, kept on disk so that an interrupted run goes on where it stopped.
///
/// A text file of JSON lines that only grows: the first names the spec and the fingerprints of its inputs, each of the others holds the values of one
/// finished item, with as many digits as it takes to read the same numbers back. A last line that was cut off (the
/// machine went down) is dropped.
class Checkpoint {
 public:
  struct FinishedItem {
    std::size_t item;
    std::vector<double> values;
  };

  /// Opens the file or begins it. Throws Error when it belongs to another spec, other inputs or another version, when another
  /// run has it open, or when it is something else.
  Checkpoint(std::string path, const Spec& spec, std::string simd);

  /// What the file held when it was opened.
  const std::vector<FinishedItem>& finished() const { return finished_; }
  /// Every SIMD target that took part, as `avx2` or `avx2+sse2`.
  const std::string& simd() const { return simd_; }

  /// Adds one line. Values that are not defined (NaN) are kept as such; an item with an infinite one is not kept, and simply
  /// done again.
  void append(std::size_t item, std::span<const double> values);

 private:
  /// Returns how many bytes of the text are whole lines.
  std::size_t restore(const std::string& text, const std::string& first_line, const nlohmann::json& expected);
  void write_line(const std::string& line);
  [[noreturn]] void fail(std::string_view found, std::string_view expected) const;

  std::string path_;
  Descriptor file_;
  std::string simd_;
  std::vector<FinishedItem> finished_;
};

}  // namespace asymptoken::native
