#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "asymptoken/attention_jobs.hpp"
#include "asymptoken/experiment.hpp"
#include "input_arrays.hpp"

namespace asymptoken::wasm {

/// A worker's part in a job: the job, and at most one item under way.
class JobHandle {
 public:
  /// `arrays`: those that it reads. Throws Error when not one item fits in memory.
  JobHandle(std::unique_ptr<Job> job, InputArrays arrays);

  const Job& job() const { return *job_; }
  void prepare(std::size_t step) { job_->prepare(step, {}); }
  /// Starts on an item; one that is under way is dropped.
  void begin(std::size_t item) { execution_ = job_->start(item, {}); }
  /// Does about `work` multiply-adds of it. Returns whether it is finished.
  bool advance(double work) { return execution_->advance(work); }
  double fraction_done() const { return execution_->fraction_done(); }
  const std::vector<double>& values() const { return execution_->values(); }
  void add(std::size_t item, std::span<const double> values) { job_->add(item, values); }

 private:
  InputArrays arrays_;
  std::unique_ptr<Job> job_;
  std::unique_ptr<Execution> execution_;
};

/// A part in a job whose items are ranges of rows.
class RowsHandle : public JobHandle {
 public:
  RowsHandle(std::unique_ptr<RowsJob> job, InputArrays arrays)
      : JobHandle(std::move(job), std::move(arrays)), rows_(static_cast<const RowsJob*>(&this->job())) {}

  /// Where each item starts, and where the last one ends.
  std::vector<double> edges() const;

 private:
  const RowsJob* rows_;
};

/// An experiment, of which a worker may fold what all have found.
class ExperimentHandle final : public JobHandle {
 public:
  ExperimentHandle(const std::string& spec_json, const InputArrays& arrays);

  /// Everything added so far, as the JSON of a result; intervals come with the last item.
  std::string result_json() const;
  std::size_t limit_items() const { return experiment_->limit_items(); }
  const Result& outline() const { return experiment_->outline(); }
  std::string limit_json() const { return experiment_->limit_json(); }

 private:
  ExperimentHandle(std::unique_ptr<ExperimentJob> job, const InputArrays& arrays)
      : JobHandle(std::move(job), arrays), experiment_(static_cast<const ExperimentJob*>(&this->job())) {}

  const ExperimentJob* experiment_;
};

/// Attention over `queries`, `keys` and `values`.
class AttentionHandle final : public RowsHandle {
 public:
  AttentionHandle(const InputArrays& arrays, double scale, bool deterministic, bool with_spread);
};

/// An attention matrix, prepared once for many parts.
class MatrixHandle {
 public:
  /// Of the first tokens of a spec's law under one of its heads.
  MatrixHandle(const std::string& spec_json, const InputArrays& arrays, Index tokens, Index head,
               Index replicate);
  /// Of `queries` and `keys`.
  MatrixHandle(const InputArrays& arrays, double scale, bool deterministic);

  AttentionMatrix& matrix() const { return *matrix_; }
  const InputArrays& arrays() const { return arrays_; }

 private:
  InputArrays arrays_;
  std::shared_ptr<AttentionMatrix> matrix_;  ///< shared with its parts, which may outlive this
};

class WeightsHandle final : public RowsHandle {
 public:
  WeightsHandle(const MatrixHandle& matrix, Index first_row, Index last_row, Index first_column,
                Index last_column, Index side);

 private:
  MatrixHandle matrix_;
};

/// The first tokens of a spec's law.
class TokensHandle final : public RowsHandle {
 public:
  TokensHandle(const std::string& spec_json, const InputArrays& arrays, Index tokens, Index replicate);
};

/// Throws Error where the spec has no law of tokens.
Spec parse_synthetic_spec(const std::string& json, const InputArrays& arrays);

}  // namespace asymptoken::wasm
