#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asymptoken/array.hpp"
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

/// What the heads of a sweep differ in.
enum class SweptParameter : std::uint8_t { none, scale, horizon, support };

/// The heads of a sweep: one base matrix at several multipliers, and one V.
///
/// Built from `{"weights": "random", "seed": s, "scales": sweep}` (W_q, W_k, W_v with independent N(0, 1/d) entries,
/// A = scale W_k' W_q / sqrt(d)), `{"weights": "random", "seed": s, "horizons": sweep}` (the same A, scaled to each
/// horizon), or `{"matrix": A, "value": V}` with the numbers (A contains the scale; V is the identity when left out), for
/// tokens as the law makes them or, with `"supports": sweep`, each so many times wider.
struct AttentionSweep {
  Matrix base;
  Matrix V;
  SweptParameter parameter = SweptParameter::none;
  std::vector<Head> heads;
};

/// How slopes are fitted.
struct FitOptions {
  FitWeights weights = FitWeights::inverse_variance;  ///< `fit.weights`
  std::int64_t resamples = 1000;                      ///< `fit.resamples`, of the bootstrap; 0: no intervals
};

class Experiment;
struct ExperimentType;

/// A complete description of an experiment: the same JSON for the command, the library and the page.
///
/// The document is checked whole before anything runs; unknown keys are errors. Every key and its default is printed by
/// `asymptoken spec NAME`, and schema.json describes them all.
struct Spec {
  std::string experiment;  ///< its name, such as `moments`
  std::uint64_t seed = 0;
  bool deterministic = false;
  LawPointer law;            ///< of synthetic tokens; null where an experiment has others
  AttentionSweep attention;  ///< likewise, without heads
  /// The n of each point, ascending: `tokens` is {"from", "to", "count"}, {"list": [...]}, a list, or one number.
  std::vector<std::int64_t> tokens;
  /// `tokens.nested`: all n of a curve are the first n tokens of one stream per replicate, instead of one stream each. Where
  /// tokens attend to each other the work falls from sum n^2 to max n^2, else from sum n to max n, at the same error bars. The
  /// points of a curve are then correlated, which the fit's standard errors account for; its slope is the less certain for it,
  /// so for the slope alone independent streams may be the better use of time.
  bool nested = false;
  std::int64_t replicates = 1;  ///< per point, >= 1
  FitOptions fit;
  std::shared_ptr<const Experiment> parameters;          ///< what only this experiment has
  std::vector<InputDescription> inputs;                  ///< the arrays that the document asks for
  std::string json;                                      ///< the document again, every default written out
  SimdTarget target = available_simd_targets().front();  ///< that random weights and resamples are made with
};

/// Reads a spec. Throws Error naming the field at the first thing that does not fit, at an input that is asked for and not
/// given, and at one that is given and not asked for. `experiments`: those that `experiment` may name; the product's by default.
Spec parse_spec(std::string_view json, const Inputs& inputs = {},
                SimdTarget target = available_simd_targets().front());
Spec parse_spec(std::string_view json, const Inputs& inputs,
                std::span<const ExperimentType* const> experiments,
                SimdTarget target = available_simd_targets().front());

/// A spec that lies beside its experiment: what the command runs by name, and what tests, benchmarks, the page's opening
/// pictures and the documentation use.
struct BuiltinSpec {
  std::string_view name;
  std::string_view summary;  ///< one line
  std::string_view json;
};
std::vector<BuiltinSpec> builtin_specs();

/// Throws Error naming the known ones.
BuiltinSpec builtin_spec(std::string_view name);

/// The document with `path` (such as `law.dimension`) set to `value`, JSON or else plain text. Where the keys of an
/// object exclude each other (`attention.scales`, `attention.horizons`, `attention.matrix`), setting one drops the
/// others. Throws Error when a step of the path is not an object; the result is checked by parse_spec, not here.
std::string with_setting(std::string_view json, std::string_view path, std::string_view value);

}  // namespace asymptoken
