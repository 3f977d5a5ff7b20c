#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "asymptoken/result.hpp"
#include "asymptoken/simd.hpp"
#include "asymptoken/spec.hpp"

namespace asymptoken {

/// The smallest unit of work: one replicate of one stream of tokens. It feeds one point of every curve, or all of them
/// where they are nested: the point at n sees the first n tokens. With Spec::reference_tokens the first items are blocks of
/// the queries of that sample instead; they feed no point, but what the others are compared with.
struct Item {
  std::int64_t replicate;   ///< or the number of the block
  std::size_t first_point;  ///< index into Spec::tokens; tells the streams of a replicate apart
  std::size_t points;       ///< how many points it feeds, from the first on; 0: a block of the reference
  double work;              ///< about how many multiply-adds it takes; the unit of progress and time left

  bool is_reference() const { return points == 0; }
};

/// What is to be done, in the order in which it is merged. Immutable; a pure function of the spec, so that a browser
/// worker, a thread and an MPI rank that plan the same spec hold the same list.
class Plan {
 public:
  /// Computes the limits and predictions of every curve. Throws Error when an item would not fit in
  /// `memory_limit` bytes (the sentence names the amount it needs).
  explicit Plan(Spec spec, double memory_limit = 2e9);
  ~Plan();
  Plan(Plan&&) noexcept;
  Plan& operator=(Plan&&) noexcept;

  const Spec& spec() const;
  const std::vector<Item>& items() const;
  double total_work() const;
  /// How many numbers an item yields.
  std::size_t value_count(std::size_t item) const;
  /// The curves without measurements: parameters, horizon, predictions.
  const Result& skeleton() const;

  struct Contents;

 private:
  friend class Execution;
  friend class Merger;
  friend std::string limit_json(const Spec& spec);
  std::unique_ptr<Contents> contents_;
};

/// One item under way. Its values are a pure function of (spec, item); `advance` only decides when to pause.
class Execution {
 public:
  /// The plan must outlive the execution.
  Execution(const Plan& plan, std::size_t item, Compute compute);
  ~Execution();
  Execution(Execution&&) noexcept;
  Execution& operator=(Execution&&) noexcept;

  /// Does about `work` multiply-adds, or what is left. Returns whether the item is finished.
  bool advance(double work);
  /// From 0 to 1.
  double fraction_done() const;
  /// Error of each metric of each curve at each of the item's points, [point][curve][metric]; with
  /// Spec::reference_tokens, what those errors are made from once the reference is known. Throws Error before the item is
  /// finished.
  const std::vector<double>& values() const;

  struct Steps;

 private:
  std::unique_ptr<Steps> steps_;
};

/// From start to end in one call.
std::vector<double> execute(const Plan& plan, std::size_t item, Compute compute);

/// Whether a result carries bootstrap intervals.
enum class Intervals : std::uint8_t { skip, compute };

/// Folds finished items into a result. Any subset may be there, in any order of arrival: folding follows item order, so
/// the result depends on which items are finished only.
class Merger {
 public:
  explicit Merger(const Plan& plan);

  /// Takes what `execute` returned, or what `values` did. Throws Error when there are more or fewer. An item that is
  /// already there is left as it is.
  void add(std::size_t item, std::span<const double> values);
  /// What is kept of an item; empty when it is not there. Far fewer numbers than were added, where these could be
  /// compared with the reference at once.
  std::span<const double> values(std::size_t item) const { return values_[item]; }
  std::size_t items_done() const { return items_done_; }
  double work_done() const { return work_done_; }
  bool has(std::size_t item) const;
  /// Of the items that can be compared already. Bootstrap intervals take FitOptions::resamples fits of every curve.
  Result result(Intervals intervals = Intervals::compute) const;

 private:
  bool has_errors(std::size_t item) const;
  /// Replaces by errors what could only be kept as it came before the reference was complete; `item` came last.
  void compare_with_reference(std::size_t item);

  const Plan* plan_;
  std::vector<std::vector<double>> values_;
  std::size_t reference_items_missing_;
  std::vector<double> reference_;  ///< of the whole sample, once it is complete
  std::size_t items_done_ = 0;
  double work_done_ = 0;
};

/// What is known without running: limit, asymptotic constants, horizon and predicted exponents of every curve, as JSON.
std::string limit_json(const Spec& spec);

}  // namespace asymptoken
