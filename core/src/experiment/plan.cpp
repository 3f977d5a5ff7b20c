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
  const auto check = [&](std::string_view field, std::int64_t n, std::string_view what) {
    const double bytes = type.memory(spec, static_cast<double>(n));
    if (bytes > limit) {
      throw Error(field, std::to_string(n),
                  "so few tokens that " + std::string(what) + " fits in " + gigabytes(limit) +
                      " of memory: it would need " + gigabytes(bytes));
    }
  };
  for (const std::int64_t n : spec.tokens) {
    check("tokens", n, "one replicate");
  }
  if (spec.reference_tokens > 0) {
    check("sampled_reference.tokens", spec.reference_tokens, "it");
  }
}

}  // namespace

Plan::Plan(Spec spec, double memory_limit) : contents_(std::make_unique<Contents>()) {
  Contents& contents = *contents_;
  const ExperimentType& type = experiment_type(spec.experiment);
  check_memory(spec, type, memory_limit);
  contents.spec = std::move(spec);
  contents.skeleton.spec_json = contents.spec.json;
  contents.skeleton.metrics = type.metrics(contents.spec);
  type.prepare(contents);
  contents.skeleton.points_share_tokens = contents.spec.nested;
  const std::vector<std::int64_t>& tokens = contents.spec.tokens;
  const std::size_t points = contents.spec.nested ? tokens.size() : 1;
  if (const ReferenceType* reference = reference_type(contents.spec)) {
    const auto [items, work] = reference->work(contents.spec);
    for (std::int64_t block = 0; block < items; ++block) {
      contents.items.push_back({.replicate = block, .first_point = 0, .points = 0, .work = work});
      contents.total_work += work;
    }
  }
  std::vector<Item> one_replicate;
  for (std::size_t first = 0; first < tokens.size(); first += points) {
    const double work = type.work(contents.spec, static_cast<double>(tokens[first + points - 1]));
    one_replicate.push_back({.replicate = 0, .first_point = first, .points = points, .work = work});
  }
  // Replicate by replicate, so that every point has an error bar early.
  for (std::int64_t replicate = 0; replicate < contents.spec.replicates; ++replicate) {
    for (Item item : one_replicate) {
      item.replicate = replicate;
      contents.items.push_back(item);
      contents.total_work += item.work;
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

std::size_t Plan::value_count(std::size_t item) const {
  if (const ReferenceType* reference = reference_type(contents_->spec)) {
    return reference->value_count(*contents_, contents_->items[item]);
  }
  return contents_->error_count(contents_->items[item]);
}

}  // namespace asymptoken
