#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "asymptoken/attention.hpp"
#include "experiment/experiment.hpp"

namespace asymptoken {

/// The exact mean and covariance of what each head of a spec returns over infinitely many tokens: over queries that follow the
/// law, or over given ones.
///
/// In closed form where the law has one. Where it is a list of points, or queries are given, the limits are averages over
/// outputs, one for each query: items, each a block of queries, in float64.
class MomentLimits {
 public:
  /// queries: given ones, in place of the law's. The spec must outlive this.
  explicit MomentLimits(const Spec& spec, std::optional<Rows<double>> queries = std::nullopt);

  std::size_t preparation_steps() const;
  void prepare(std::size_t step);

  /// The work of each item; none where closed forms do.
  std::vector<double> works() const;
  std::size_t value_count() const;
  std::unique_ptr<Execution> start(std::size_t item, Compute compute) const;
  void conclude(std::span<const std::vector<double>> values);

  /// One for each head, once they are known.
  const std::vector<Moments>& moments() const { return moments_; }

 private:
  class Block;

  /// What the outputs are averaged over; null where a closed form does it.
  const Rows<double>* queries() const;
  double weight(Index query) const;
  Index blocks() const;
  double block_weight(std::size_t item) const;
  Index first_query(std::size_t item) const;
  double work_of(Index queries) const;

  const Spec& spec_;
  std::optional<Rows<double>> given_;
  std::vector<Moments> moments_;
  std::optional<KeyValueCache<double>>
      points_;  ///< of a law that is a list, with their log-probabilities as one more number
};

}  // namespace asymptoken
