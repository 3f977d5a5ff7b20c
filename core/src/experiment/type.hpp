#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asymptoken/experiment.hpp"
#include "json/reader.hpp"

namespace asymptoken {

/// A curve of `hardmax`, one number for each n. Infinite lambda is hardmax itself.
struct CoolingCurve {
  std::vector<double> lambdas;  ///< inverse temperatures
  std::vector<Vector> gammas;   ///< what the error is measured from; empty where there is no such limit
};

/// What a plan knows of each curve beyond its skeleton: the exact limits that measurements are compared with.
struct Limits {
  std::vector<Moments> moments;            ///< `moments`, `window`: one a curve
  std::vector<Matrix> sampled_covariance;  ///< `moments` with Spec::reference_draws: one a curve
  std::vector<MapLimit> maps;  ///< `map`: one a curve; `uniform`: likewise, at the widest query of the ball
  std::vector<CoolingCurve> cooling;  ///< `hardmax`: one a curve
};

struct Plan::Contents {
  Spec spec;
  std::vector<Item> items;
  double total_work = 0;
  Result skeleton;
  Limits limits;

  /// How many errors an item comes to: of each metric of each curve at each of its points.
  std::size_t error_count(const Item& item) const {
    return item.points * skeleton.curves.size() * skeleton.metrics.size();
  }
};

/// One item under way, seen from the engine.
struct Execution::Steps {
  Steps() = default;
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;
  virtual ~Steps() = default;

  /// Does about `work` multiply-adds and returns how many it did; 0 when nothing is left.
  virtual double advance(double work) = 0;

  double work_done = 0;
  double work_total = 0;
  bool finished = false;
  std::vector<double> values;  ///< as Execution::values says, complete after the last step
};

/// A reference that takes work itself, so that it comes in items before the others.
struct ReferenceWork {
  std::int64_t items = 0;
  double work = 0;  ///< of each
};

/// How an experiment is measured against a reference that comes in items.
struct ReferenceType {
  ReferenceWork (*work)(const Spec& spec);
  std::size_t (*value_count)(const Plan::Contents& contents, const Item& item);
  /// From the values of all its items.
  std::vector<double> (*merge)(const Plan::Contents& contents, std::span<const std::vector<double>> items);
  /// The errors that an item's values amount to.
  std::vector<double> (*errors)(const Plan::Contents& contents, std::span<const double> reference,
                                std::span<const double> values);
};

/// How an experiment works. Each experiment's file defines one; type.cpp lists them.
struct ExperimentType {
  std::string_view name;
  std::vector<std::string> (*metrics)(const Spec& spec);
  /// Reads the keys that only this experiment has.
  void (*read)(Reader& spec, Spec& into);
  /// Fills in curves, limits and predictions.
  void (*prepare)(Plan::Contents& contents);
  /// Multiply-adds and bytes that one stream of n tokens takes.
  double (*work)(const Spec& spec, double n);
  double (*memory)(const Spec& spec, double n);
  std::unique_ptr<Execution::Steps> (*start)(const Plan::Contents& contents, const Item& item,
                                             Compute compute);
  /// What `asymptoken limit` prints of a curve.
  Json (*limit)(const Plan::Contents& contents, std::size_t curve);
  /// Null, or what to do when Spec::reference_tokens asks for it.
  const ReferenceType* reference = nullptr;
};

const ExperimentType& hardmax_experiment();
const ExperimentType& map_experiment();
const ExperimentType& moments_experiment();
const ExperimentType& uniform_experiment();
const ExperimentType& window_experiment();

/// How the experiment of that spec is measured against a sampled reference; null where it is not.
const ReferenceType* reference_type(const Spec& spec);

/// A curve with its points laid out and nothing measured; `parameters` start with what the attention sweep varies.
Curve empty_curve(const Spec& spec, const Head& head, std::size_t metrics);

std::vector<std::string_view> experiment_names();
const ExperimentType& experiment_type(std::string_view name);

}  // namespace asymptoken
