#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "asymptoken/experiment.hpp"
#include "spec/reader.hpp"

namespace asymptoken {

/// What a plan knows of each curve beyond its skeleton: the exact limits that measurements are compared with.
struct Limits {
  std::vector<Moments> moments;  ///< `moments`, `window`: one a curve
  std::vector<MapLimit> maps;    ///< `map`: one a curve
};

struct Plan::Contents {
  Spec spec;
  std::vector<Item> items;
  double total_work = 0;
  Result skeleton;
  Limits limits;
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
  std::vector<double> values;  ///< [point][curve][metric], complete after the last step
};

/// How an experiment works. Each experiment's file defines one; type.cpp lists them.
struct ExperimentType {
  std::string_view name;
  std::vector<std::string_view> metrics;
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
};

const ExperimentType& map_experiment();
const ExperimentType& moments_experiment();
const ExperimentType& window_experiment();

/// A curve with its points laid out and nothing measured; `parameters` start with what the attention sweep varies.
Curve empty_curve(const Spec& spec, const Head& head, std::size_t metrics);

std::vector<std::string_view> experiment_names();
const ExperimentType& experiment_type(std::string_view name);

}  // namespace asymptoken
