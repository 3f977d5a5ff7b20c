#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "asymptoken/law.hpp"
#include "asymptoken/limit.hpp"

namespace asymptoken {

/// One attention head of a sweep, and what tells it apart.
struct Head {
  AttentionForm form;
  double multiplier = 1;  ///< form.A = multiplier times the sweep's base matrix
  double horizon = 0;     ///< of form.A under the law's covariance
};

/// The heads of a sweep: one base matrix at several multipliers, and one V.
///
/// Built from `{"weights": "random", "seed": s, "scales": sweep}` (W_q, W_k, W_v with independent N(0, 1/d) entries,
/// A = scale W_k' W_q / sqrt(d)), `{"weights": "random", "seed": s, "horizons": sweep}` (the same A, scaled to each
/// horizon), or `{"matrix": A, "value": V}` with the numbers (A contains the scale; V is the identity when left out).
struct AttentionSweep {
  Matrix base;
  Matrix V;
  std::string parameter;  ///< what the sweep varies: `scale`, `horizon`, or empty for one fixed matrix
  std::vector<Head> heads;
};

/// A complete description of an experiment: the same JSON for the command, the library and the page.
///
/// The document is checked whole before anything runs; unknown keys are errors. Every key and its default is
/// printed by `asymptoken spec NAME`.
struct Spec {
  std::string experiment;  ///< `map`, `moments` or `window`
  std::uint64_t seed = 0;
  bool deterministic = false;
  LawPointer law;
  AttentionSweep attention;
  /// The n of each point, ascending: `tokens` is {"from", "to", "count"}, {"list": [...]}, a list, or one number.
  std::vector<std::int64_t> tokens;
  /// `tokens.nested`: all n of a curve are the first n tokens of one stream per replicate, instead of one stream each. The
  /// work of `moments` falls from sum n^2 to max n^2, that of `map` from sum n to max n, at the same error bars. The points of
  /// a curve are then correlated, which the fit's standard errors account for; its slope is the less certain for it, so for
  /// the slope alone independent streams may be the better use of time.
  bool nested = false;
  std::int64_t replicates = 1;     ///< per point, >= 1
  std::int64_t fresh_queries = 0;  ///< `moments`: fresh draws of the law as queries; 0: the tokens themselves
  std::int64_t context = 0;        ///< `window`: how many tokens the sequence has
  std::int64_t random_keys = 0;    ///< `window`: how many tokens outside its window a query sees
  std::vector<Vector> queries;     ///< `map`: where the map is looked at
  std::vector<double> radii;       ///< `map`: or how far out, in the direction that the head stretches most
  std::string json;                ///< the document again, every default written out
};

/// Reads a spec. Throws Error naming the field at the first thing that does not fit.
Spec parse_spec(std::string_view json);

/// The built-in experiments, and their documents.
struct BuiltinSpec {
  std::string_view name;
  std::string_view summary;  ///< one line
  std::string_view json;
};
std::vector<BuiltinSpec> builtin_specs();

/// Throws Error naming the known ones.
const BuiltinSpec& builtin_spec(std::string_view name);

/// The document with `path` (such as `law.dimension`) set to `value`, JSON or else plain text. Where the keys of an
/// object exclude each other (`attention.scales`, `attention.horizons`, `attention.matrix`), setting one drops the
/// others. Throws Error when a step of the path is not an object; the result is checked by parse_spec, not here.
std::string with_setting(std::string_view json, std::string_view path, std::string_view value);

}  // namespace asymptoken
