#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "asymptoken/fit.hpp"
#include "asymptoken/law.hpp"
#include "asymptoken/limit.hpp"

namespace asymptoken {

/// One attention head of a sweep, and what tells it apart.
struct Head {
  AttentionForm form;
  double multiplier = 1;  ///< form.A = multiplier times the sweep's base matrix
  double horizon = 0;     ///< of form.A under the law's covariance
  /// How many times wider the tokens are than the law's. Tokens R y under A are tokens y under R^2 A (the multiplier) whose
  /// outputs are R times as large, and so are errors of means; those of covariances R^2 times.
  double support = 1;
};

/// The heads of a sweep: one base matrix at several multipliers, and one V.
///
/// Built from `{"weights": "random", "seed": s, "scales": sweep}` (W_q, W_k, W_v with independent N(0, 1/d) entries,
/// A = scale W_k' W_q / sqrt(d)), `{"weights": "random", "seed": s, "horizons": sweep}` (the same A, scaled to each
/// horizon), or `{"matrix": A, "value": V}` with the numbers (A contains the scale; V is the identity when left out), for
/// tokens as the law makes them or, with `"supports": sweep`, each so many times wider.
struct AttentionSweep {
  Matrix base;
  Matrix V;
  std::string
      parameter;  ///< what the sweep varies: `scale`, `horizon`, `support`, or empty for one fixed matrix
  std::vector<Head> heads;
};

/// How slopes are fitted.
struct FitOptions {
  FitWeights weights = FitWeights::inverse_variance;  ///< `fit.weights`
  std::int64_t resamples = 1000;                      ///< `fit.resamples`, of the bootstrap; 0: no intervals
};

/// What temperatures of `hardmax` are counted in. The logits of query x are <A x, y> / T, so T is 1/lambda.
enum class TemperatureUnit {
  fixed,  ///< 1: the same temperature at every n
  critical,  ///< sigma_x / sqrt(2 ln n), sigma_x the standard deviation of <A x, y>: the random-energy picture, b = 1/T
  logarithmic,  ///< (largest <A x, y> - smallest <A x, y>) / ln n, on bounded laws: on the sphere 2 R |A x| / ln n
};

/// A complete description of an experiment: the same JSON for the command, the library and the page.
///
/// The document is checked whole before anything runs; unknown keys are errors. Every key and its default is
/// printed by `asymptoken spec NAME`.
struct Spec {
  std::string experiment;  ///< `map`, `uniform`, `moments`, `window` or `hardmax`
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
  std::int64_t replicates = 1;  ///< per point, >= 1
  /// `moments`: what attends to the tokens. By default the tokens themselves (n^2); `queries.count`: so many fresh draws of
  /// the law; `queries.quadrature`: Law::quadrature with so many nodes an axis. The latter two cost n x queries and stream the
  /// tokens, so that memory does not grow with n.
  std::int64_t fresh_queries = 0;
  Quadrature quadrature;  ///< no points: none
  /// `moments`: a second reference beside the exact limit, as the authors have it: the moments of one sample of so many
  /// tokens (`sampled_reference.tokens`), or on the sphere the covariance by so many Dirichlet draws
  /// (`sampled_reference.draws`). 0: none.
  std::int64_t reference_tokens = 0;
  std::int64_t reference_draws = 0;
  /// `moments`: `covariance_norm` is `spectral` instead of `frobenius`.
  bool spectral_norm = false;
  std::vector<Vector> queries;       ///< `map`: where the map is looked at; `hardmax`: the same, one query
  std::vector<double> radii;         ///< or how far out, in the direction that the head stretches most
  std::vector<double> temperatures;  ///< `hardmax`: ascending; 0 is hardmax attention itself
  TemperatureUnit temperature_unit = TemperatureUnit::fixed;  ///< `hardmax`
  /// `uniform`: {"ball": {"radii": sweep, "starts": 32}}: in each ball |x| <= R, R of `radii`, the error is looked at on a
  /// lattice (d <= 3) or in 64 directions for each start, at |x| = R: the widest, its negative, and uniform ones. At most
  /// `starts` ascents, >= 1, climb from the highest.
  std::int64_t starts = 0;
  std::int64_t context = 0;      ///< `window`: how many tokens the sequence has
  std::int64_t random_keys = 0;  ///< `window`: how many tokens outside its window a query sees
  FitOptions fit;
  std::string json;  ///< the document again, every default written out
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
