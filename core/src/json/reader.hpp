#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "asymptoken/array.hpp"
#include "asymptoken/matrix.hpp"
#include "json/json.hpp"

namespace asymptoken {

/// A range that a number must lie in, end points included.
struct Range {
  double least = -std::numeric_limits<double>::max();
  double most = std::numeric_limits<double>::max();
};

/// The arrays that a document may ask for by {"input": NAME}, and those that it did ask for.
struct ReaderInputs {
  const Inputs* arrays;
  std::set<std::string, std::less<>> used = {};
};

/// Reads one JSON object strictly: every key must be asked for, every value must fit, and what is not there takes its
/// default. Along the way it writes the same document with every default filled in. Throws Error naming the field.
class Reader {
 public:
  /// `path` is empty for the document itself, which an Error calls `what`; `completed` receives the completed object. Without
  /// `inputs` no array can be asked for.
  Reader(const Json& object, std::string path, Json& completed, ReaderInputs* inputs = nullptr,
         std::string_view what = "spec");

  bool has(std::string_view key) const;
  bool is_object(std::string_view key) const;
  /// Whether the value is null, which is then all there is to read of it.
  bool is_null(std::string_view key);

  std::int64_t integer(std::string_view key, std::optional<std::int64_t> otherwise, std::int64_t least,
                       std::int64_t most);
  std::uint64_t seed(std::string_view key, std::uint64_t otherwise);
  double number(std::string_view key, std::optional<double> otherwise, Range range);
  bool boolean(std::string_view key, bool otherwise);
  std::string text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  /// Whatever it is.
  const Json& any(std::string_view key);
  /// One of `choices`; the first is the default. `alternative` is what else the field could have been, for the sentence of
  /// an Error.
  std::string choice(std::string_view key, const std::vector<std::string_view>& choices,
                     std::string_view alternative = "");

  // Where lists of numbers are expected, an input may stand for them.

  /// A number (every entry) or a list of `size` numbers.
  Vector vector(std::string_view key, Index size, std::optional<double> otherwise);
  /// A number (a multiple of the identity), a list (the diagonal) or a list of rows; `columns` wide. As many rows as
  /// columns unless `any_height`.
  Matrix matrix(std::string_view key, Index columns, std::optional<double> otherwise,
                bool any_height = false);
  /// A list of lists of `columns` numbers each, at least one.
  Rows<double> rows(std::string_view key, Index columns);
  /// The array that {"input": NAME} under `key` names, to look at before it is read; null where that is something else.
  const Array* input(std::string_view key);

  /// An ascending list, or one number. `alternative` is what else the field could have been, for the sentence of an Error.
  std::vector<std::int64_t> integers(std::string_view key, std::int64_t least, std::int64_t most,
                                     std::string_view alternative = "");
  /// The keys "from", "to" and "count" of this object: a geometric grid of different integers.
  std::vector<std::int64_t> integer_grid(std::int64_t least, std::int64_t most);
  /// {"from", "to", "count"} (geometric), an ascending list, or one number.
  std::vector<double> number_sweep(std::string_view key, Range range);

  /// The object under `key`, read by a reader of its own. Finish with that one before asking this one for the next key.
  Reader object(std::string_view key);

  /// A reader for each object of the list under `key`, at least one unless it `may_be_empty`. The same holds for them.
  std::vector<Reader> objects(std::string_view key, bool may_be_empty = false);

  /// Throws Error when a key was never asked for. Call it last.
  void finish() const;

  /// The full name of a field, such as `law.dimension`.
  std::string path_of(std::string_view key) const;
  [[noreturn]] void reject(std::string_view key, std::string_view expected) const;

 private:
  /// The value, its default, or an Error when it is missing and required. Null counts as a wrong value, not as missing.
  const Json& take(std::string_view key, const Json& otherwise, std::string_view expected);
  double finite(const Json& value, std::string_view key, std::string_view expected) const;
  const Array* input_in(std::string_view key, const Json& value);
  /// All numbers of an input. Throws Error unless its shape is `rows` x `columns`; any height when `rows` is 0.
  Rows<double> numbers_of(std::string_view key, const Array& array, Index rows, Index columns) const;

  const Json* object_;
  std::string path_;
  Json* completed_;
  ReaderInputs* inputs_;
  std::vector<std::string> asked_;
};

}  // namespace asymptoken
