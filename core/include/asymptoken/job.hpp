#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "asymptoken/matrix.hpp"
#include "asymptoken/simd.hpp"

namespace asymptoken {

/// One item of a job under way. Its values are a pure function of the job and the item; `advance` only decides when to pause.
class Execution {
 public:
  /// work: about how many multiply-adds it takes in all.
  explicit Execution(double work) : work_(work) {}
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  virtual ~Execution() = default;

  /// Does about `work` multiply-adds, or what is left. Returns whether the item is finished.
  bool advance(double work);
  /// From 0 to 1.
  double fraction_done() const;
  /// Throws Error before the item is finished.
  const std::vector<double>& values() const;

 protected:
  /// Does about `work` multiply-adds, at least one step, and returns how many it did. The last step calls `finish`.
  virtual double step(double work) = 0;
  void finish(std::vector<double> values);

 private:
  double work_;
  double work_done_ = 0;
  bool finished_ = false;
  std::vector<double> values_;
};

/// Something long, cut into items that any thread, worker or process can execute, in any order: the one way in which anything
/// long is computed. Whoever holds the same job executes the same items.
///
/// A host first calls `prepare` for each step, then executes the items from 0 to `startable()`, hands the values of each to
/// `add` (here, and to every other process that shares the work), and goes on until nothing is missing. Items come in stages:
/// those of a stage wait for all values of the stages before it. What the values amount to is folded in item order, so it
/// depends on the job alone.
class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  std::size_t size() const { return works_.size(); }
  /// About how many multiply-adds the item takes: the unit of progress and time left.
  double work(std::size_t item) const { return works_[item]; }
  double total_work() const { return total_work_; }

  /// What each process has to have before its first item, in steps of some milliseconds where that is possible.
  virtual std::size_t preparation_steps() const { return 0; }
  virtual void prepare(std::size_t /*step*/, Compute /*compute*/) {}

  /// Of the item on its own, from 0 to startable() - 1. The job must outlive it. Safe from several threads at once, but not
  /// beside `add`, where that completes a stage.
  virtual std::unique_ptr<Execution> start(std::size_t item, Compute compute) const = 0;

  /// One past the last item that can be started: the end of the first stage that is not complete.
  std::size_t startable() const;
  bool has(std::size_t item) const { return item < done_.size() && done_[item]; }
  /// How many items come before the last stage: those whose values every process needs.
  std::size_t preliminary_items() const;
  std::size_t items_done() const { return items_done_; }
  double work_done() const { return work_done_; }

  /// Takes the values of a finished item. One that is there already is left as it is. Throws Error when there are more or
  /// fewer values than the item has.
  void add(std::size_t item, std::span<const double> values);

  /// How many items may be under way at once in so many bytes. Throws Error, naming the field and the amount, when not one may.
  virtual std::size_t items_that_fit(double bytes) const = 0;

 protected:
  /// The items, once: the work of each, stage by stage.
  void lay_out(const std::vector<std::vector<double>>& stages);
  virtual std::size_t value_count(std::size_t item) const = 0;
  /// The values are as many as the item has, and come once.
  virtual void take(std::size_t item, std::span<const double> values) = 0;

 private:
  std::vector<double> works_;
  std::vector<std::size_t> stage_ends_;
  std::vector<bool> done_;
  std::vector<std::size_t> missing_;  ///< of each stage
  double total_work_ = 0;
  double work_done_ = 0;
  std::size_t items_done_ = 0;
};

/// first .. last-1
struct IndexRange {
  Index first = 0;
  Index last = 0;

  Index size() const { return last - first; }
};

/// A job whose items are the ranges, one after the other, of some rows.
class RowsJob : public Job {
 public:
  virtual IndexRange rows_of(std::size_t item) const = 0;
};

/// The whole job in one thread.
void complete(Job& job, Compute compute = {});

}  // namespace asymptoken
