#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asymptoken/experiment.hpp"
#include "json/reader.hpp"

namespace asymptoken {

/// An experiment at work: what it measures of one spec. Everything that is known of it lies in its folder; what stands here is
/// all that plans, tables, pictures and pages need.
class Measurement {
 public:
  Measurement() = default;
  Measurement(const Measurement&) = delete;
  Measurement& operator=(const Measurement&) = delete;
  virtual ~Measurement() = default;

  /// What is measured: metrics, parameters, curves with their parameters, and trends. Nothing of it is measured or predicted.
  virtual Result outline() const = 0;

  /// The exact limits, in steps that each process makes for itself.
  virtual std::size_t preparation_steps() const { return 0; }
  virtual void prepare(std::size_t /*step*/) {}

  /// What replicates are compared with and that takes so long that it comes in items of its own, stage by stage: the work of
  /// each item.
  virtual std::vector<std::vector<double>> preliminaries() const { return {}; }
  /// How many of the first stages the limits and predictions rest on.
  virtual std::size_t limit_stages() const { return preliminaries().size(); }
  virtual std::size_t preliminary_value_count(std::size_t /*stage*/, std::size_t /*item*/) const { return 0; }
  virtual std::unique_ptr<Execution> start_preliminary(std::size_t /*stage*/, std::size_t /*item*/,
                                                       Compute /*compute*/) const {
    return nullptr;
  }
  /// All values of a stage, in the order of its items.
  virtual void conclude(std::size_t /*stage*/, std::span<const std::vector<double>> /*values*/) {}

  /// Predictions of every curve, and the predicted lines of trends. Called once limit_stages() of the preliminaries are there.
  virtual void predict(Result& outline) const = 0;

  /// Multiply-adds of one replicate of a stream, and bytes of one that feeds all points up to n.
  virtual double work(const Item& item) const = 0;
  virtual double memory(std::int64_t n) const = 0;
  /// Its values are those of each metric of each curve at each of the item's points, [point][curve][metric]; NaN where a metric
  /// is not defined.
  virtual std::unique_ptr<Execution> start(const Item& item, Compute compute) const = 0;

  /// What `asymptoken limit` prints of a curve.
  virtual Json limit(std::size_t curve) const = 0;
};

/// The parameters that only one experiment has, as a spec gives them. Immutable.
class Experiment {
 public:
  Experiment() = default;
  Experiment(const Experiment&) = delete;
  Experiment& operator=(const Experiment&) = delete;
  virtual ~Experiment() = default;

  /// Throws Error where the tokens of a spec do not fit its parameters.
  virtual void check_tokens(const Spec& spec) const = 0;
  /// The spec must outlive the measurement.
  virtual std::unique_ptr<Measurement> measure(const Spec& spec) const = 0;
};

/// The experiment whose parameters are P, which may have a check_tokens of their own, and whose measurement M is made from a
/// spec and them.
template <class M, class P>
class ExperimentWith final : public Experiment {
 public:
  explicit ExperimentWith(P parameters) : parameters_(std::move(parameters)) {}
  void check_tokens(const Spec& spec) const override {
    if constexpr (requires { parameters_.check_tokens(spec); }) {
      parameters_.check_tokens(spec);
    }
  }
  std::unique_ptr<Measurement> measure(const Spec& spec) const override {
    return std::make_unique<M>(spec, parameters_);
  }

 private:
  P parameters_;
};

/// A kind of experiment. Its folder defines one; registry.cpp lists those of the product.
struct ExperimentType {
  std::string_view name;
  std::vector<BuiltinSpec> builtin_specs;
  /// Reads the keys of the spec that it knows, from the law on, and completes what the spec says of the tokens.
  std::shared_ptr<const Experiment> (*read)(Reader& reader, Spec& spec);
};

/// Keys of `attention` that exclude each other: setting one drops the others.
std::vector<std::string_view> attention_alternatives();

/// The keys `law` and `attention` of experiments with synthetic tokens; `attention.supports` only where it `takes_supports`.
void read_synthetic(Reader& reader, Spec& spec, bool takes_supports = false);

/// The parameter by which an attention sweep tells its heads apart, and the horizon of each.
std::vector<Parameter> sweep_parameters(const Spec& spec);
std::vector<ParameterValue> sweep_values(const Spec& spec, const Head& head);

/// Such as `gaussian tokens, d = 50`.
std::string synthetic_title(const Spec& spec);

/// The line of a prediction through what `height` gives at the places.
template <class Height>
TrendLine line_of(const Prediction& prediction, const std::vector<double>& places, Height height) {
  TrendLine line{.prediction = prediction.id,
                 .title = prediction.title,
                 .status = prediction.status,
                 .formula = prediction.formula,
                 .points = {}};
  for (const double place : places) {
    line.points.emplace_back(place, height(place));
  }
  return line;
}

/// The n of the points of an item.
inline std::span<const std::int64_t> points_of(const Spec& spec, const Item& item) {
  return std::span(spec.tokens).subspan(item.first_point, item.points);
}

}  // namespace asymptoken
