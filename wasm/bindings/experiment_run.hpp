#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "asymptoken/experiment.hpp"

namespace asymptoken::wasm {

/// A worker's part in one run: the plan, at most one item under way, and the results of its own and other workers.
class ExperimentRun {
 public:
  explicit ExperimentRun(const std::string& spec_json) : plan_(parse_spec(spec_json)), merger_(plan_) {}

  const std::vector<Item>& items() const { return plan_.items(); }

  /// Starts on an item; one that is under way is dropped.
  void begin(std::size_t item) { execution_ = std::make_unique<Execution>(plan_, item, Compute{}); }
  /// Does about `work` multiply-adds of it. Returns whether it is finished.
  bool advance(double work) { return execution_->advance(work); }
  double fraction_done() const { return execution_->fraction_done(); }
  const std::vector<double>& values() const { return execution_->values(); }

  void add(std::size_t item, std::span<const double> values) { merger_.add(item, values); }
  /// Everything added so far, as the JSON of a result; intervals come with the last item.
  std::string result_json() const {
    const bool is_complete = merger_.items_done() == plan_.items().size();
    Result result = merger_.result(is_complete ? Intervals::compute : Intervals::skip);
    result.provenance.target = "wasm";
    result.provenance.simd = name_of(Compute{}.target);
    return to_json(result);
  }

 private:
  Plan plan_;
  Merger merger_;
  std::unique_ptr<Execution> execution_;
};

}  // namespace asymptoken::wasm
