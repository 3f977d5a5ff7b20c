#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "asymptoken/error.hpp"
#include "asymptoken/experiment.hpp"
#include "experiment/experiment.hpp"
#include "result/json.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

/// The items of one replicate: a stream for each n, or one that feeds them all.
std::vector<Item> streams_of(const Spec& spec) {
  const std::size_t points = spec.nested ? spec.tokens.size() : 1;
  std::vector<Item> streams;
  for (std::size_t first = 0; first < spec.tokens.size(); first += points) {
    streams.push_back({.replicate = 0, .first_point = first, .points = points});
  }
  return streams;
}

}  // namespace

ExperimentJob::ExperimentJob(Spec spec)
    : spec_(std::move(spec)), measurement_(spec_.parameters->measure(spec_)) {
  std::vector<std::vector<double>> works = measurement_->preliminaries();
  std::size_t first_item = 0;
  for (std::size_t number = 0; number < works.size(); ++number) {
    if (!works[number].empty()) {
      stages_.push_back({.number = number, .first_item = first_item, .items = works[number].size()});
      first_item += works[number].size();
    }
    if (number < measurement_->limit_stages()) {
      limit_items_ = first_item;
    }
  }
  preliminary_values_.resize(first_item);
  std::erase_if(works, [](const std::vector<double>& stage) { return stage.empty(); });

  std::vector<double>& replicate_works = works.emplace_back();
  const std::vector<Item> streams = streams_of(spec_);
  std::vector<double> stream_works;
  for (const Item& stream : streams) {
    stream_works.push_back(measurement_->work(stream));
  }
  // Replicate by replicate, so that every point has an error bar early.
  for (std::int64_t replicate = 0; replicate < spec_.replicates; ++replicate) {
    for (Item item : streams) {
      item.replicate = replicate;
      replicates_.push_back(item);
    }
    replicate_works.insert(replicate_works.end(), stream_works.begin(), stream_works.end());
  }
  values_.resize(replicates_.size());
  lay_out(works);

  outline_ = measurement_->outline();
  outline_.title = spec_.experiment + ": " + outline_.title + ", " + std::to_string(spec_.replicates) +
                   (spec_.replicates == 1 ? " replicate" : " replicates") +
                   (spec_.nested ? ", tokens shared by all n" : "") + ", seed " + std::to_string(spec_.seed);
  outline_.spec_json = spec_.json;
  outline_.inputs = spec_.inputs;
  outline_.fit_weights = spec_.fit.weights;
  outline_.points_share_tokens = spec_.nested;
  outline_.items = static_cast<std::int64_t>(size());
  outline_.provenance.version = version();
  for (Curve& curve : outline_.curves) {
    for (const std::int64_t n : spec_.tokens) {
      curve.points.push_back({.n = n, .metrics = {}});
      curve.points.back().metrics.resize(outline_.metrics.size());
    }
    curve.fits.resize(outline_.metrics.size());
    curve.intervals.resize(outline_.metrics.size());
  }
  predict_when_ready();
}

ExperimentJob::~ExperimentJob() = default;

std::size_t ExperimentJob::preparation_steps() const { return measurement_->preparation_steps(); }

void ExperimentJob::prepare(std::size_t step, Compute /*compute*/) {
  measurement_->prepare(step);
  ++steps_done_;
  predict_when_ready();
}

/// Once, as soon as all is there that predictions rest on.
void ExperimentJob::predict_when_ready() {
  if (!is_predicted_ && steps_done_ == preparation_steps() && startable() > limit_items_) {
    is_predicted_ = true;
    measurement_->predict(outline_);
  }
}

ExperimentJob::Stage ExperimentJob::stage_of(std::size_t item) const {
  return *std::ranges::find_if(stages_,
                               [&](const Stage& stage) { return item < stage.first_item + stage.items; });
}

std::unique_ptr<Execution> ExperimentJob::start(std::size_t item, Compute compute) const {
  if (item >= startable()) {
    throw Error("item", std::to_string(item), "a number below " + std::to_string(startable()));
  }
  compute.deterministic = spec_.deterministic;
  if (item >= preliminary_items()) {
    return measurement_->start(replicates_[item - preliminary_items()], compute);
  }
  const Stage stage = stage_of(item);
  return measurement_->start_preliminary(stage.number, item - stage.first_item, compute);
}

std::size_t ExperimentJob::items_that_fit(double bytes) const {
  double largest = 0;
  for (const std::int64_t n : spec_.tokens) {
    const double needed = measurement_->memory(n);
    if (needed > bytes) {
      throw Error("tokens", std::to_string(n),
                  "so few tokens that one replicate fits in " + detail::bytes_text(bytes) +
                      " of memory: it would need " + detail::bytes_text(needed));
    }
    largest = std::max(largest, needed);
  }
  return static_cast<std::size_t>(std::min(bytes / largest, 1e6));
}

std::size_t ExperimentJob::value_count(std::size_t item) const {
  if (item >= preliminary_items()) {
    return replicates_[item - preliminary_items()].points * outline_.curves.size() * outline_.metrics.size();
  }
  const Stage stage = stage_of(item);
  return measurement_->preliminary_value_count(stage.number, item - stage.first_item);
}

void ExperimentJob::take(std::size_t item, std::span<const double> values) {
  if (item >= preliminary_items()) {
    values_[item - preliminary_items()].assign(values.begin(), values.end());
    return;
  }
  preliminary_values_[item].assign(values.begin(), values.end());
  const Stage stage = stage_of(item);
  const auto all = std::span(preliminary_values_).subspan(stage.first_item, stage.items);
  if (std::ranges::none_of(all, [](const std::vector<double>& one) { return one.empty(); })) {
    measurement_->conclude(stage.number, all);
    predict_when_ready();
  }
}

std::string ExperimentJob::limit_json() const {
  if (!is_predicted_) {
    throw Error("limit", "not known yet", "preparation and the items of the limit to be done");
  }
  Json document;
  document["schema"] = 2;
  document["spec"] = parse_json(spec_.json, "spec");
  Json& curves = document["curves"] = Json::array();
  for (std::size_t c = 0; c < outline_.curves.size(); ++c) {
    Json& curve = curves.emplace_back();
    curve["parameters"] = parameters_json(outline_, outline_.curves[c]);
    curve["limit"] = measurement_->limit(c);
    curve["predictions"] = predictions_json(outline_.curves[c]);
  }
  return document.dump(1);
}

std::string limit_json(const Spec& spec) {
  ExperimentJob job(spec);
  for (std::size_t step = 0; step < job.preparation_steps(); ++step) {
    job.prepare(step, {});
  }
  for (std::size_t item = 0; item < job.limit_items(); ++item) {
    const auto execution = job.start(item, {});
    while (!execution->advance(job.work(item))) {
    }
    job.add(item, execution->values());
  }
  return job.limit_json();
}

}  // namespace asymptoken
