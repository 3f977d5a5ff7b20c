#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "asymptoken/job.hpp"
#include "asymptoken/result.hpp"
#include "asymptoken/spec.hpp"

namespace asymptoken {

class Measurement;

/// What an item of an experiment measures: one replicate of one stream of tokens. It feeds one point of every curve, or all of
/// them where they are nested: the point at n sees the first n tokens.
struct Item {
  std::int64_t replicate;
  std::size_t first_point;  ///< index into Spec::tokens; tells the streams of a replicate apart
  std::size_t points;       ///< how many points it feeds, from the first on
};

/// Whether a result carries bootstrap intervals.
enum class Intervals : std::uint8_t { skip, compute };

/// The job that a spec describes. Preparation computes the limits of every curve; the first items may be what replicates are
/// compared with (a sampled reference, the limit of many points); then come the replicates, in the order in which every point
/// has an error bar early.
class ExperimentJob final : public Job {
 public:
  /// Throws Error where the spec's numbers do not fit each other.
  explicit ExperimentJob(Spec spec);
  ~ExperimentJob() override;

  const Spec& spec() const { return spec_; }
  /// How many of the first items `limit_json` rests on.
  std::size_t limit_items() const { return limit_items_; }
  /// Of item number preliminary_items() + i.
  const Item& replicate(std::size_t i) const { return replicates_[i]; }
  std::size_t replicate_count() const { return replicates_.size(); }

  std::size_t preparation_steps() const override;
  void prepare(std::size_t step, Compute compute) override;
  std::unique_ptr<Execution> start(std::size_t item, Compute compute) const override;
  std::size_t items_that_fit(double bytes) const override;

  /// What is measured: curves with their predictions, once preparation and limit_items() are done.
  const Result& outline() const { return outline_; }
  /// Of the replicates that are there; any subset will do. Bootstrap intervals take FitOptions::resamples fits of every curve.
  Result result(Intervals intervals = Intervals::compute) const;
  /// The values of a replicate that is there, [point][curve][metric]: NaN where a metric is not defined.
  std::span<const double> values(std::size_t replicate) const { return values_[replicate]; }
  /// What is known without running: limit, asymptotic constants, horizon and predicted exponents of every curve, as the
  /// document that schema.json describes as `$defs/Limit`. Throws Error before preparation and limit_items() are done.
  std::string limit_json() const;

 protected:
  std::size_t value_count(std::size_t item) const override;
  void take(std::size_t item, std::span<const double> values) override;

 private:
  struct Stage {
    std::size_t number;
    std::size_t first_item;
    std::size_t items;
  };
  Stage stage_of(std::size_t item) const;
  void predict_when_ready();

  Spec spec_;
  std::unique_ptr<Measurement> measurement_;
  Result outline_;
  std::vector<Stage> stages_;  ///< of preliminary items
  std::size_t limit_items_ = 0;
  std::vector<Item> replicates_;
  std::vector<std::vector<double>> preliminary_values_;
  std::vector<std::vector<double>> values_;  ///< of each replicate
  std::size_t steps_done_ = 0;
  bool is_predicted_ = false;
};

/// Closed forms only, in one call: limit_json of the spec's job.
std::string limit_json(const Spec& spec);

/// A result of any schema that this project has had, in the form of the latest. Throws Error when it is none.
Result read_result(std::string_view json);

}  // namespace asymptoken
