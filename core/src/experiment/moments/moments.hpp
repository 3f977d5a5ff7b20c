#pragma once

#include <optional>
#include <vector>

#include "experiment/experiment.hpp"
#include "experiment/moment_limits.hpp"

namespace asymptoken {

/// What only this experiment has.
struct MomentsParameters {
  /// What attends to the tokens: the tokens themselves (n^2) unless one of these is given, which cost n x queries and stream
  /// the tokens, so that memory does not grow with n.
  std::int64_t fresh_queries = 0;           ///< so many draws of the law
  std::optional<Quadrature> quadrature;     ///< the law's own average
  std::optional<Rows<double>> own_queries;  ///< given ones: the limit is then over them
  /// A second reference beside the exact limit, as the authors have it: the moments of one sample of so many tokens, or on the
  /// sphere the covariance by so many Dirichlet draws. 0: none.
  std::int64_t reference_tokens = 0;
  std::int64_t reference_draws = 0;
  bool spectral_norm = false;  ///< of covariances, instead of Frobenius

  bool tokens_attend() const { return fresh_queries == 0 && !quadrature && !own_queries; }
};

/// The queries of a block of the sampled reference.
struct QueryRange {
  Index first;
  Index last;
};

/// Mean and covariance of the outputs of attention when n tokens of a law attend to each other (or other queries attend to them),
/// against the exact moments of the transformed law.
class MomentsMeasurement final : public Measurement {
 public:
  MomentsMeasurement(const Spec& spec, const MomentsParameters& parameters);

  Result outline() const override;
  std::size_t preparation_steps() const override;
  void prepare(std::size_t step) override;
  std::vector<std::vector<double>> preliminaries() const override;
  /// What a sample gives is measured against, not known.
  std::size_t limit_stages() const override { return 1; }
  std::size_t preliminary_value_count(std::size_t stage, std::size_t item) const override;
  std::unique_ptr<Execution> start_preliminary(std::size_t stage, std::size_t item,
                                               Compute compute) const override;
  void conclude(std::size_t stage, std::span<const std::vector<double>> values) override;
  void predict(Result& outline) const override;
  double work(const Item& item) const override;
  double memory(std::int64_t n) const override;
  std::unique_ptr<Execution> start(const Item& item, Compute compute) const override;
  Json limit(std::size_t curve) const override;

  const Spec& spec() const { return spec_; }
  const MomentsParameters& parameters() const { return parameters_; }
  const std::vector<Moments>& limits() const { return limits_.moments(); }
  /// The values of an item from the moments of its outputs, [point][head].
  std::vector<double> errors(std::span<const Moments> measured) const;
  /// Of a block of the sampled reference: how its outputs deviate from the limits.
  std::vector<double> reference_values(std::span<const Moments> measured) const;
  QueryRange reference_block(std::size_t block) const;

 private:
  double query_count(double n) const;
  std::size_t reference_blocks() const;
  std::vector<std::string> metrics() const;
  std::vector<Prediction> predictions(std::size_t which) const;
  std::vector<Prediction> query_floors(std::size_t which) const;
  bool has_query_floor(std::size_t which) const;
  std::optional<Matrix> mean_asymptotic_covariance(const Head& head) const;
  std::vector<TrendLine> rate_lines(const Result& outline) const;
  void append_sizes(std::size_t head, const Moments& error, std::vector<double>& sizes) const;
  double size_of(const Matrix& covariance) const;
  template <class Error>
  double slope_over_grid(Error error_at) const;

  const Spec& spec_;
  MomentsParameters parameters_;
  MomentLimits limits_;
  std::vector<Matrix> sampled_covariance_;  ///< of each head, by Dirichlet draws
  std::vector<Moments> sampled_;  ///< of each head: how the sampled reference deviates from the limit
};

/// The tokens attend to each other, n^2: a block of queries streams over all keys, then the next.
std::unique_ptr<Execution> attend_from_tokens(const MomentsMeasurement& measurement, const Item& item,
                                              Compute compute);
/// The same for a block of the sampled reference.
std::unique_ptr<Execution> attend_in_reference(const MomentsMeasurement& measurement, std::size_t block,
                                               double work, Compute compute);
/// Queries of their own attend to tokens that are made in chunks and forgotten.
std::unique_ptr<Execution> attend_from_queries(const MomentsMeasurement& measurement, const Item& item,
                                               Compute compute);

/// The covariance of the transformed uniform law on a sphere as the authors compute it: lambda_i = R^2 s_i^2 E[F(q) T_i] as an
/// average over so many draws T of the Dirichlet law, for A = U diag(s) W'. [paper: the code's formula]
Matrix sampled_sphere_covariance(const Spec& spec, std::int64_t draws, const AttentionForm& attention);

}  // namespace asymptoken
