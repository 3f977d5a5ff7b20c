#include <cmath>
#include <string>
#include <utility>

#include "asymptoken/error.hpp"
#include "experiment/type.hpp"

namespace asymptoken {

namespace {

std::string gigabytes(double bytes) {
  const auto tenths = std::llround(bytes / 1e8);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

void check_memory(const Spec& spec, const ExperimentType& type, double limit) {
  for (const std::int64_t n : spec.tokens) {
    const double bytes = type.memory(spec, static_cast<double>(n));
    if (bytes > limit) {
      throw Error("tokens", std::to_string(n),
                  "so few tokens that one replicate fits in " + gigabytes(limit) +
                      " of memory: it would need " + gigabytes(bytes));
    }
  }
}

}  // namespace

Plan::Plan(Spec spec, double memory_limit) : contents_(std::make_unique<Contents>()) {
  Contents& contents = *contents_;
  const ExperimentType& type = experiment_type(spec.experiment);
  check_memory(spec, type, memory_limit);
  contents.spec = std::move(spec);
  contents.skeleton.spec_json = contents.spec.json;
  contents.skeleton.metrics.assign(type.metrics.begin(), type.metrics.end());
  type.prepare(contents);
  contents.skeleton.points_share_tokens = contents.spec.nested;
  const std::vector<std::int64_t>& tokens = contents.spec.tokens;
  const std::size_t points = contents.spec.nested ? tokens.size() : 1;
  // Replicate by replicate, so that every point has an error bar early.
  for (std::int64_t replicate = 0; replicate < contents.spec.replicates; ++replicate) {
    for (std::size_t first = 0; first < tokens.size(); first += points) {
      const double work = type.work(contents.spec, static_cast<double>(tokens[first + points - 1]));
      contents.items.push_back(
          {.replicate = replicate, .first_point = first, .points = points, .work = work});
      contents.total_work += work;
    }
  }
  contents.skeleton.items = static_cast<std::int64_t>(contents.items.size());
  contents.skeleton.provenance.version = version();
}

Plan::~Plan() = default;
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;

const Spec& Plan::spec() const { return contents_->spec; }
const std::vector<Item>& Plan::items() const { return contents_->items; }
double Plan::total_work() const { return contents_->total_work; }
const Result& Plan::skeleton() const { return contents_->skeleton; }

std::size_t Plan::values_per_item() const {
  return contents_->items.front().points * contents_->skeleton.curves.size() *
         contents_->skeleton.metrics.size();
}

}  // namespace asymptoken
