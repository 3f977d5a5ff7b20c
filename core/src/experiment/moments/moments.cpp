#include "experiment/moments/moments.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "asymptoken/fit.hpp"
#include "asymptoken/grid.hpp"
#include "asymptoken/hardmax.hpp"
#include "experiment/packed_moments.hpp"
#include "experiment/registry.hpp"
#include "experiment/token_stream.hpp"
#include "limit/linear_algebra.hpp"
#include "special/log.hpp"
#include "special/portable.hpp"

namespace asymptoken {

namespace {

constexpr std::int64_t most_queries = 1'000'000'000;

/// All of a sphere, not a section of a larger one.
bool is_sphere(const Law& law) {
  const auto section = law.sphere_section();
  return section && section->dimension == law.dimension();
}

void read_queries(Reader& reader, const Law& law, MomentsParameters& parameters) {
  if (reader.input("queries") != nullptr) {
    parameters.own_queries = reader.rows("queries", law.dimension());
    return;
  }
  if (!reader.is_object("queries")) {
    reader.choice("queries", {"tokens"}, R"(, {"count": m}, {"quadrature": m} or {"input": NAME})");
    return;
  }
  Reader queries = reader.object("queries");
  if (queries.has("quadrature")) {
    const std::int64_t nodes = queries.integer("quadrature", std::nullopt, 2, 1'000'000);
    parameters.quadrature = law.quadrature(static_cast<Index>(nodes));
    if (!parameters.quadrature) {
      queries.reject("quadrature",
                     "at most 1000000 nodes^dimension, on a law that has one: gaussian with dimension 1 to "
                     "3, or points");
    }
  } else {
    parameters.fresh_queries = queries.integer("count", std::nullopt, 1, most_queries);
  }
  queries.finish();
}

void read_sampled_reference(Reader& reader, const Law& law, MomentsParameters& parameters) {
  if (!reader.is_object("sampled_reference")) {
    reader.choice("sampled_reference", {"none"}, R"(, {"tokens": N} or {"draws": N})");
    return;
  }
  Reader reference = reader.object("sampled_reference");
  if (reference.has("draws")) {
    parameters.reference_draws = reference.integer("draws", std::nullopt, 1, 100'000'000);
    if (!is_sphere(law)) {
      reference.reject(
          "draws", "to be left out, because only the sphere's covariance is an average over Dirichlet draws");
    }
  } else {
    parameters.reference_tokens = reference.integer("tokens", std::nullopt, 1, most_queries);
  }
  reference.finish();
  if (parameters.own_queries) {
    reader.reject("sampled_reference", "none, because the sample's queries would be its own tokens");
  }
}

std::shared_ptr<const Experiment> read(Reader& reader, Spec& spec) {
  read_synthetic(reader, spec, true);
  MomentsParameters parameters;
  read_queries(reader, *spec.law, parameters);
  read_sampled_reference(reader, *spec.law, parameters);
  parameters.spectral_norm = reader.choice("covariance_norm", {"frobenius", "spectral"}) == "spectral";
  return std::make_shared<ExperimentWith<MomentsMeasurement, MomentsParameters>>(std::move(parameters));
}

/// Whether averaging does not begin at any n: rho of a usual query is larger.
bool is_hardmax(const Spec& spec, const Head& head) {
  const Index d = spec.law->dimension();
  const double usual =
      head.form.A.norm() / static_cast<double>(d) * std::sqrt(spec.law->covariance().trace());
  const Vector t = Vector::Constant(d, usual);
  return spec.law->doubled_tilt(t).log_inflation > portable_log(static_cast<double>(spec.tokens.back()));
}

/// Of finitely many given queries: an average of averages over n tokens.
Prediction central_limit_of(const std::string& metric) {
  return {.id = "central_limit",
          .metric = metric,
          .quantity = Quantity::slope,
          .title = "central limit",
          .value = -0.5,
          .status = Status::derived,
          .formula = "-1/2"};
}

bool is_covariance(const std::string& metric) { return metric.starts_with("covariance"); }
bool is_from_sample(const std::string& metric) { return metric.ends_with("_from_sample"); }

std::string title_of(const std::string& metric) {
  return std::string("error of the ") + (is_covariance(metric) ? "covariance" : "mean") +
         (is_from_sample(metric) ? " against the sample" : "");
}

Prediction reference_rate_of(const Head& head, const std::string& metric) {
  return {.id = "reference_rate",
          .metric = metric,
          .quantity = Quantity::slope,
          .title = "reference rate",
          .value = -reference_rate(head.horizon),
          .status = Status::paper,
          .formula = "-1/(2(1+H^2))"};
}

Prediction gaussian_rate_of(double horizon, const std::string& metric) {
  return {.id = "gaussian_rate",
          .metric = metric,
          .quantity = Quantity::slope,
          .title = "Gaussian rate",
          .value = -gaussian_rate(horizon),
          .status = horizon < 1 ? Status::derived : Status::heuristic,
          .formula = "-min(1/2, 1/(1+H^2))"};
}

/// Of m fresh queries, which stand for the law however many keys there are.
Prediction query_floor_of(const std::string& metric, double value, const char* formula) {
  return {.id = "query_floor",
          .metric = metric,
          .quantity = Quantity::limit,
          .title = "floor of the queries",
          .value = value,
          .status = Status::derived,
          .formula = formula};
}

Prediction compact_support_rate_of(const std::string& metric) {
  return {.id = "compact_support_rate",
          .metric = metric,
          .quantity = Quantity::slope,
          .title = "compact-support rate",
          .value = -0.5,
          .status = Status::derived,
          .formula = "-1/2, once n is far above rho"};
}

}  // namespace

MomentsMeasurement::MomentsMeasurement(const Spec& spec, const MomentsParameters& parameters)
    : spec_(spec), parameters_(parameters), limits_(spec, parameters.own_queries) {
  if (parameters.reference_draws > 0) {
    sampled_covariance_.resize(spec.attention.heads.size());
  }
}

// ---- What is measured ---------------------------------------------------------------------------------------------------

std::vector<std::string> MomentsMeasurement::metrics() const {
  std::vector<std::string> names = {"mean", "covariance"};
  if (parameters_.reference_tokens > 0) {
    names.insert(names.end(), {"mean_from_sample", "covariance_from_sample"});
  } else if (parameters_.reference_draws > 0) {
    names.emplace_back("covariance_from_sample");
  }
  return names;
}

Result MomentsMeasurement::outline() const {
  Result outline;
  outline.title = synthetic_title(spec_);
  if (parameters_.fresh_queries > 0) {
    outline.title += ", " + std::to_string(parameters_.fresh_queries) + " fresh queries";
  }
  for (const std::string& metric : metrics()) {
    const char* norm = !is_covariance(metric)      ? "2-norm"
                       : parameters_.spectral_norm ? "spectral norm"
                                                   : "Frobenius norm";
    outline.metrics.push_back(
        {.id = metric, .label = {.title = title_of(metric), .symbol = "", .remark = norm}});
  }
  outline.parameters = sweep_parameters(spec_);
  if (parameters_.reference_tokens > 0 || parameters_.reference_draws > 0) {
    Parameter& horizon = outline.parameters.back();
    horizon.label.remark =
        "published without 1/√d: " +
        quote(Json(std::round(100 * std::sqrt(static_cast<double>(spec_.law->dimension()))) / 100)) + " H";
  }
  for (const Head& head : spec_.attention.heads) {
    outline.curves.emplace_back().parameters = sweep_values(spec_, head);
  }
  if (spec_.attention.heads.size() > 1) {
    const bool over_support = spec_.attention.parameter == SweptParameter::support;
    Trend trend{.id = over_support ? "constants" : "slopes",
                .label = over_support ? Label{.title = "the constant C'(R)",
                                              .symbol = "C'(R)",
                                              .remark = "√n × error, at the largest n"}
                                      : Label{.title = "slope against the horizon",
                                              .symbol = "",
                                              .remark = "how fast, of which head"},
                .kind = over_support ? TrendKind::constant : TrendKind::slope,
                .metrics = metrics(),
                .parameter = over_support ? "support" : "horizon",
                .x_label = over_support ? outline.parameters.front().label : outline.parameters.back().label};
    trend.y_scale = over_support ? Scale::logarithmic : Scale::linear;
    outline.trends.push_back(std::move(trend));
  }
  return outline;
}

// ---- Limits and references ----------------------------------------------------------------------------------------------

std::size_t MomentsMeasurement::preparation_steps() const {
  return limits_.preparation_steps() + sampled_covariance_.size();
}

void MomentsMeasurement::prepare(std::size_t step) {
  if (step < limits_.preparation_steps()) {
    limits_.prepare(step);
    return;
  }
  const std::size_t head = step - limits_.preparation_steps();
  sampled_covariance_[head] =
      sampled_sphere_covariance(spec_, parameters_.reference_draws, spec_.attention.heads[head].form);
}

/// Queries of a sample of n tokens are cut so that a block takes about as long as the largest replicate.
std::size_t MomentsMeasurement::reference_blocks() const {
  const auto n = static_cast<double>(parameters_.reference_tokens);
  const auto largest = static_cast<double>(spec_.tokens.back());
  constexpr double least_queries = 512;
  return static_cast<std::size_t>(
      std::clamp(n / largest * (n / largest), 1.0, std::max(1.0, n / least_queries)));
}

QueryRange MomentsMeasurement::reference_block(std::size_t block) const {
  const auto blocks = static_cast<Index>(reference_blocks());
  const auto which = static_cast<Index>(block);
  const auto each = static_cast<Index>(parameters_.reference_tokens / blocks);
  const auto longer =
      static_cast<Index>(parameters_.reference_tokens % blocks);  // the first ones have one more
  const Index first = which * each + std::min(which, longer);
  return {.first = first, .last = first + each + (which < longer ? 1 : 0)};
}

std::vector<std::vector<double>> MomentsMeasurement::preliminaries() const {
  std::vector<std::vector<double>> stages = {limits_.works(), {}};
  if (parameters_.reference_tokens > 0) {
    const auto n = static_cast<double>(parameters_.reference_tokens);
    const std::size_t blocks = reference_blocks();
    stages[1].assign(blocks,
                     n * sampling_work(spec_) + n / static_cast<double>(blocks) * n * pair_work(spec_));
  }
  return stages;
}

std::size_t MomentsMeasurement::preliminary_value_count(std::size_t /*stage*/, std::size_t /*item*/) const {
  return limits_.value_count();
}

std::unique_ptr<Execution> MomentsMeasurement::start_preliminary(std::size_t stage, std::size_t item,
                                                                 Compute compute) const {
  return stage == 0 ? limits_.start(item, compute)
                    : attend_in_reference(*this, item, preliminaries()[1][item], compute);
}

void MomentsMeasurement::conclude(std::size_t stage, std::span<const std::vector<double>> values) {
  if (stage == 0) {
    limits_.conclude(values);
    return;
  }
  const auto n = static_cast<double>(parameters_.reference_tokens);
  const Index dimension = spec_.attention.V.rows();
  for (std::size_t head = 0; head < spec_.attention.heads.size(); ++head) {
    MomentParts parts(dimension);
    for (std::size_t block = 0; block < values.size(); ++block) {
      const QueryRange queries = reference_block(block);
      parts.add(static_cast<double>(queries.last - queries.first) / n,
                unpacked(values[block], dimension, head));
    }
    // A block's covariance is about its own mean, less the limit's covariance: so is the whole's.
    sampled_.push_back(parts.whole());
  }
}

// ---- Errors -------------------------------------------------------------------------------------------------------------

double MomentsMeasurement::size_of(const Matrix& covariance) const {
  return parameters_.spectral_norm ? detail::spectral_norm(covariance) : covariance.norm();
}

/// The sizes of errors, of tokens as wide as the head says.
void MomentsMeasurement::append_sizes(std::size_t head, const Moments& error,
                                      std::vector<double>& sizes) const {
  const double support = spec_.attention.heads[head].support;
  sizes.push_back(support * error.mean.norm());
  sizes.push_back(support * support * size_of(error.covariance));
}

std::vector<double> MomentsMeasurement::errors(std::span<const Moments> measured) const {
  std::vector<double> sizes;
  for (std::size_t which = 0; which < measured.size(); ++which) {
    const std::size_t head = which % limits().size();
    const Moments from_limit = deviation(measured[which], limits()[head]);
    append_sizes(head, from_limit, sizes);
    if (!sampled_.empty()) {
      append_sizes(head, deviation(from_limit, sampled_[head]), sizes);
    } else if (!sampled_covariance_.empty()) {
      const double support = spec_.attention.heads[head].support;
      sizes.push_back(support * support * size_of(measured[which].covariance - sampled_covariance_[head]));
    }
  }
  return sizes;
}

std::vector<double> MomentsMeasurement::reference_values(std::span<const Moments> measured) const {
  std::vector<double> values;
  for (std::size_t head = 0; head < measured.size(); ++head) {
    pack(deviation(measured[head], limits()[head]), values);
  }
  return values;
}

// ---- Replicates ---------------------------------------------------------------------------------------------------------

double MomentsMeasurement::query_count(double n) const {
  if (parameters_.tokens_attend()) {
    return n;
  }
  if (parameters_.quadrature) {
    return static_cast<double>(parameters_.quadrature->weights.size());
  }
  return static_cast<double>(parameters_.own_queries ? parameters_.own_queries->rows()
                                                     : parameters_.fresh_queries);
}

double MomentsMeasurement::work(const Item& item) const {
  const auto n = static_cast<double>(points_of(spec_, item).back());
  return n * sampling_work(spec_) + query_count(n) * n * pair_work(spec_);
}

double MomentsMeasurement::memory(std::int64_t tokens) const {
  const auto n = static_cast<double>(std::max(tokens, parameters_.reference_tokens));
  const auto d = static_cast<double>(spec_.law->dimension());
  const auto value_dimension = static_cast<double>(spec_.attention.V.rows());
  const auto heads = static_cast<double>(spec_.attention.heads.size());
  const double token = sizeof(float) * (2 * d + value_dimension);
  const double moments = heads * (spec_.nested ? static_cast<double>(spec_.tokens.size()) : 1) *
                         value_dimension * value_dimension;
  if (parameters_.tokens_attend()) {
    return token * n + sizeof(double) * moments;
  }
  const double query =
      sizeof(float) * 2 * d + heads * (sizeof(float) + sizeof(double)) * (value_dimension + 2);
  return token * std::min<double>(n, TokenStream::chunk) + query * query_count(n) + sizeof(double) * moments;
}

std::unique_ptr<Execution> MomentsMeasurement::start(const Item& item, Compute compute) const {
  return (parameters_.tokens_attend() ? attend_from_tokens : attend_from_queries)(*this, item, compute);
}

// ---- Theory -------------------------------------------------------------------------------------------------------------

/// Of a predicted error over the spec's grid of n.
template <class Error>
double MomentsMeasurement::slope_over_grid(Error error_at) const {
  std::vector<FitPoint> points;
  for (const std::int64_t tokens : spec_.tokens) {
    const auto n = static_cast<double>(tokens);
    const double error = error_at(n);
    points.push_back({.n = n, .mean = error, .standard_deviation = error, .count = 1});
  }
  return fit_power_law(points, FitWeights::equal).value_or(PowerLawFit{}).slope;
}

std::vector<Prediction> MomentsMeasurement::query_floors(std::size_t which) const {
  const Head& head = spec_.attention.heads[which];
  const Matrix& covariance = limits()[which].covariance;
  const auto queries = static_cast<double>(parameters_.fresh_queries);
  std::vector<Prediction> floors = {query_floor_of(
      "mean", head.support * query_floor_of_mean(covariance, queries),
      "E|N(0, Cov(outputs)/m)|, m queries; n far above m reaches it, and no slope is then an exponent")};
  // The outputs of Gaussian tokens are Gaussian. A pair of coordinates is an eigenvalue: not too many of them.
  constexpr Index most_coordinates = 256;
  const Index coordinates = covariance.rows();
  if (spec_.law->is_gaussian() && coordinates <= most_coordinates &&
      (!parameters_.spectral_norm || coordinates == 1)) {
    floors.push_back(query_floor_of(
        "covariance", head.support * head.support * query_floor_of_gaussian_covariance(covariance, queries),
        "E|N(0, Cov(y y')/m)|, y ~ N(0, Cov(outputs)), m queries"));
  }
  // Outputs that are all alike leave none.
  std::erase_if(floors, [](const Prediction& floor) { return !(floor.value > 0.0); });
  return floors;
}

/// Whether fresh queries leave an error that no number of tokens removes and that bends the curves within the spec's n: no slope
/// is then an exponent. What the keys add to the squared error is V Sigma V' / n at least, for Gaussian tokens.
bool MomentsMeasurement::has_query_floor(std::size_t which) const {
  if (parameters_.fresh_queries == 0) {
    return false;
  }
  constexpr double negligible = 0.01;  // of the squared error: it moves a slope of -1/2 by 0.005 at most
  const Matrix& V = spec_.attention.heads[which].form.V;
  const double of_keys =
      (V * spec_.law->covariance() * V.transpose()).trace() / static_cast<double>(spec_.tokens.back());
  const double of_queries =
      limits()[which].covariance.trace() / static_cast<double>(parameters_.fresh_queries);
  return !(of_queries <= negligible * of_keys);
}

/// Of Gaussian tokens, for queries of the spec's kind; nothing where they have none.
std::optional<Matrix> MomentsMeasurement::mean_asymptotic_covariance(const Head& head) const {
  const Law& law = *spec_.law;
  if (!law.is_gaussian() || !law.has_independent_tokens() || parameters_.own_queries) {
    return std::nullopt;
  }
  const auto limit = gaussian_moment_limit(law.covariance(), head.form, law.mean());
  if (!limit) {
    return std::nullopt;
  }
  return parameters_.tokens_attend() ? limit->mean_asymptotic_covariance : limit->independent_mean_covariance;
}

/// Slopes of the error of either moment, the constant where it is known, and what fresh queries leave.
std::vector<Prediction> MomentsMeasurement::predictions(std::size_t which) const {
  const Head& head = spec_.attention.heads[which];
  std::vector<Prediction> predicted;
  const Law& law = *spec_.law;
  if (!law.has_independent_tokens()) {
    return predicted;
  }
  if (parameters_.fresh_queries > 0) {
    predicted = query_floors(which);
    if (has_query_floor(which)) {
      return predicted;
    }
  }
  const double H = head.horizon;
  constexpr std::size_t fewest_points = 3;
  const bool has_slopes = spec_.tokens.size() >= fewest_points;
  for (const std::string& metric : metrics()) {
    if (parameters_.own_queries) {
      predicted.push_back(central_limit_of(metric));
      continue;
    }
    predicted.push_back(reference_rate_of(head, metric));
    if (law.is_gaussian()) {
      predicted.push_back(gaussian_rate_of(H, metric));
      if (has_slopes && parameters_.reference_tokens > 0 && is_from_sample(metric)) {
        // A sample of N tokens as reference: its own error does not fall with n.
        const auto squared_error = [&](double n) {
          return portable_exp(-2.0 * gaussian_rate(H) * portable_log(n));
        };
        const double floor = squared_error(static_cast<double>(parameters_.reference_tokens));
        predicted.push_back(
            {.id = "gaussian_rate_over_floor",
             .metric = metric,
             .quantity = Quantity::slope,
             .title = "Gaussian rate over its floor",
             .value = slope_over_grid([&](double n) { return std::sqrt(squared_error(n) + floor); }),
             .status = predicted.back().status,
             .formula = "slope of (n^-2b + N^-2b)^(1/2), b = min(1/2, 1/(1+H^2)), N the reference's tokens"});
      }
    } else if (law.is_bounded()) {
      if (has_slopes && is_sphere(law) && is_covariance(metric) && is_hardmax(spec_, head)) {
        // The shift of the covariance in hardmax attention on the sphere (hardmax_covariance_shift).
        predicted.push_back(
            {.id = "hardmax_slope",
             .metric = metric,
             .quantity = Quantity::slope,
             .title = "hardmax slope",
             .value = slope_over_grid(
                 [&](double n) { return largest_cosine(law.dimension(), n).mean_squared_sine; }),
             .status = Status::derived,
             .formula =
                 "of 1 - E c_n^2, c_n the largest of n cosines: the covariance's shift for A -> infinity"});
      }
      predicted.push_back(compact_support_rate_of(metric));
    }
  }
  // The error of fresh queries falls to their floor instead.
  const auto asymptotic = parameters_.fresh_queries > 0 ? std::nullopt : mean_asymptotic_covariance(head);
  if (asymptotic) {
    predicted.push_back({.id = "asymptotic_constant",
                         .metric = "mean",
                         .quantity = Quantity::constant,
                         .title = "asymptotic constant",
                         .value = head.support * expected_norm(*asymptotic),
                         .exponent = -0.5,
                         .status = Status::derived,
                         .formula = "E|N(0, lim n Cov(mean))|"});
  }
  return predicted;
}

void MomentsMeasurement::predict(Result& outline) const {
  for (std::size_t head = 0; head < outline.curves.size(); ++head) {
    outline.curves[head].predictions = predictions(head);
  }
  for (Trend& trend : outline.trends) {
    if (trend.kind == TrendKind::slope) {
      trend.lines = rate_lines(outline);
    }
  }
}

/// Predicted rates against the horizon, as smooth as their formulas.
std::vector<TrendLine> MomentsMeasurement::rate_lines(const Result& outline) const {
  const auto has_slopes = [](const Curve& curve) {
    return std::ranges::any_of(curve.predictions,
                               [](const Prediction& one) { return one.id == "reference_rate"; });
  };
  if (!std::ranges::all_of(outline.curves, has_slopes)) {
    return {};
  }
  std::vector<double> horizons;
  for (const Head& head : spec_.attention.heads) {
    horizons.push_back(head.horizon);
  }
  const auto [least, most] = std::ranges::minmax(horizons);
  if (!(least > 0.0) || least == most) {
    return {};
  }
  constexpr std::int64_t steps = 64;
  std::vector<double> below;
  std::vector<double> above;
  for (const double H : geometric_values(least, most, steps)) {
    (H < 1.0 ? below : above).push_back(H);
  }
  if (!below.empty() && !above.empty()) {
    below.push_back(1.0);
    above.insert(above.begin(), 1.0);
  }
  std::vector<TrendLine> lines = {
      line_of(reference_rate_of({}, "mean"), geometric_values(least, most, steps), reference_rate)};
  if (spec_.law->is_gaussian()) {
    // Derived up to H = 1, heuristic from there on: one line in two parts.
    for (const std::vector<double>* part : {&below, &above}) {
      if (!part->empty()) {
        lines.push_back(line_of(gaussian_rate_of(part->front(), "mean"), *part, gaussian_rate));
      }
    }
  } else if (spec_.law->is_bounded()) {
    lines.push_back(line_of(compact_support_rate_of("mean"), {least, most}, [](double) { return 0.5; }));
  }
  return lines;
}

Json MomentsMeasurement::limit(std::size_t curve) const {
  const Moments& moments = limits()[curve];
  const Head& head = spec_.attention.heads[curve];
  Json result = {{"mean", json_of(moments.mean)},
                 {"covariance", json_of(moments.covariance)},
                 {"one_sided_horizon", one_sided_horizon(spec_.law->covariance(), head.form.A)}};
  if (const auto asymptotic = mean_asymptotic_covariance(head)) {
    result["mean_asymptotic_covariance"] = json_of(*asymptotic);
  }
  if (parameters_.tokens_attend() && spec_.law->is_gaussian() && spec_.law->has_independent_tokens()) {
    if (const auto clt = gaussian_moment_limit(spec_.law->covariance(), head.form)) {
      result["self_weight"] = clt->self_weight;
    }
  }
  return result;
}

// ---- Built-in specs -----------------------------------------------------------------------------------------------------

const ExperimentType& moments_experiment() {
  static const ExperimentType type{
      .name = "moments",
      .builtin_specs =
          {{.name = "moments",
            .summary = "how fast mean and covariance of the transformed law converge as the horizon grows",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 50, "covariance": 0.1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 0.05, "to": 50, "count": 12}},
 "tokens": {"from": 250, "to": 4000, "count": 8}, "replicates": 40})"},
           {.name = "paper-gaussian",
            .summary = "the published Gaussian experiment: errors against a sample of 100,000 and against "
                       "the exact limit",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 50, "covariance": 0.1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 0.05, "to": 50, "count": 12}},
 "sampled_reference": {"tokens": 100000},
 "tokens": {"from": 1000, "to": 30000, "count": 12}, "replicates": 200})"},
           {.name = "paper-gaussian-quick",
            .summary = "the same picture within a minute: fewer and smaller samples",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 50, "covariance": 0.1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 0.05, "to": 50, "count": 12}},
 "sampled_reference": {"tokens": 12000},
 "tokens": {"from": 250, "to": 4000, "count": 9}, "replicates": 30})"},
           {.name = "paper-sphere",
            .summary = "the published sphere experiment; its scale s is d s^2 here",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "sphere", "dimension": 50, "radius": 1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 5000, "to": 5e11, "count": 12}},
 "covariance_norm": "spectral", "sampled_reference": {"draws": 1000000}, "fit": {"weights": "equal"},
 "tokens": {"from": 10000, "to": 100000, "count": 12}, "replicates": 200})"},
           {.name = "paper-sphere-quick",
            .summary = "the same picture within a minute: fewer and smaller samples",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "sphere", "dimension": 50, "radius": 1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 5000, "to": 5e11, "count": 12}},
 "covariance_norm": "spectral", "sampled_reference": {"draws": 100000}, "fit": {"weights": "equal"},
 "tokens": {"from": 250, "to": 4000, "count": 9}, "replicates": 30})"},
           {.name = "support",
            .summary =
                "how the constant C'(R) of the moments grows with the size R of the support: uniform tokens "
                "in a ball",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "ball", "dimension": 3, "radius": 1},
 "attention": {"matrix": 1, "supports": {"from": 0.5, "to": 8, "count": 9}},
 "tokens": {"from": 500, "to": 8000, "count": 5}, "replicates": 60})"},
           {.name = "line",
            .summary = "Gaussian tokens on the line: slopes at H = 0.5 to 3 up to n = 100,000",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 1},
 "attention": {"weights": "random", "seed": 7, "horizons": [0.5, 1, 1.5, 2, 3]},
 "tokens": {"from": 1000, "to": 100000, "count": 9}, "replicates": 40})"},
           {.name = "line-streamed",
            .summary = "the same with the queries averaged exactly: linear in n, to n = 10,000,000",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 1},
 "attention": {"weights": "random", "seed": 7, "horizons": [0.5, 1, 1.5, 2, 3]}, "queries": {"quadrature": 288},
 "tokens": {"from": 1000, "to": 10000000, "count": 13, "nested": true}, "replicates": 40})"},
           {.name = "horizons",
            .summary = "mean and covariance at three horizons, within seconds",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 5, "covariance": 1},
 "attention": {"weights": "random", "seed": 7, "horizons": [0.5, 1, 2]},
 "tokens": {"from": 100, "to": 3000, "count": 8}, "replicates": 100})"},
           {.name = "horizon-sweep",
            .summary = "slopes at ten horizons, within seconds",
            .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 3, "covariance": 1},
 "attention": {"weights": "random", "seed": 7, "horizons": [0.25, 0.4, 0.6, 0.8, 1, 1.25, 1.6, 2, 2.5, 3]},
 "tokens": {"from": 100, "to": 3000, "count": 6}, "replicates": 60})"}},
      .read = read};
  return type;
}

}  // namespace asymptoken
