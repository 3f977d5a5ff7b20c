#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asymptoken/matrix.hpp"
#include "json/json.hpp"

namespace asymptoken {

/// A range that a number must lie in, end points included.
struct Range {
  double least = -std::numeric_limits<double>::max();
  double most = std::numeric_limits<double>::max();
};

/// Reads one JSON object strictly: every key must be asked for, every value must fit, and what is not there takes its
/// default. Along the way it writes the same document with every default filled in. Throws Error naming the field.
class Reader {
 public:
  /// `path` is empty for the document itself; `completed` receives the completed object.
  Reader(const Json& object, std::string path, Json& completed);

  bool has(std::string_view key) const;
  bool is_object(std::string_view key) const;

  std::int64_t integer(std::string_view key, std::optional<std::int64_t> otherwise, std::int64_t least,
                       std::int64_t most);
  std::uint64_t seed(std::string_view key, std::uint64_t otherwise);
  double number(std::string_view key, std::optional<double> otherwise, Range range);
  bool boolean(std::string_view key, bool otherwise);
  /// One of `choices`; the first is the default. `alternative` is what else the field could have been, for the sentence of
  /// an Error.
  std::string choice(std::string_view key, const std::vector<std::string_view>& choices,
                     std::string_view alternative = "");

  /// A number (every entry) or a list of `size` numbers.
  Vector vector(std::string_view key, Index size, std::optional<double> otherwise);
  /// A number (a multiple of the identity), a list (the diagonal) or a list of rows; `columns` wide. As many rows as
  /// columns unless `any_height`.
  Matrix matrix(std::string_view key, Index columns, std::optional<double> otherwise,
                bool any_height = false);
  /// A list of lists of `columns` numbers each, at least one.
  std::vector<Vector> rows(std::string_view key, Index columns);

  /// An ascending list, or one number. `alternative` is what else the field could have been, for the sentence of an Error.
  std::vector<std::int64_t> integers(std::string_view key, std::int64_t least, std::int64_t most,
                                     std::string_view alternative = "");
  /// The keys "from", "to" and "count" of this object: a geometric grid of different integers.
  std::vector<std::int64_t> integer_grid(std::int64_t least, std::int64_t most);
  /// {"from", "to", "count"} (geometric), an ascending list, or one number.
  std::vector<double> number_sweep(std::string_view key, Range range);

  /// The object under `key`, read by a reader of its own. Finish with that one before asking this one for the next key.
  Reader object(std::string_view key);

  /// A reader for each object of the list under `key`, at least one. The same holds for them.
  std::vector<Reader> objects(std::string_view key);

  /// Throws Error when a key was never asked for. Call it last.
  void finish() const;

  /// The full name of a field, such as `law.dimension`.
  std::string path_of(std::string_view key) const;
  [[noreturn]] void reject(std::string_view key, std::string_view expected) const;

 private:
  /// The value, its default, or an Error when it is missing and required. Null counts as a wrong value, not as missing.
  const Json& take(std::string_view key, const Json& otherwise, std::string_view expected);
  double finite(const Json& value, std::string_view key, std::string_view expected) const;

  const Json* object_;
  std::string path_;
  Json* completed_;
  std::vector<std::string> asked_;
};

}  // namespace asymptoken
