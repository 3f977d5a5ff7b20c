#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "asymptoken/fit.hpp"
#include "asymptoken/hardmax.hpp"
#include "experiment/moments/dirichlet.hpp"
#include "experiment/moments/moment_errors.hpp"
#include "experiment/moments/steps.hpp"
#include "experiment/token_stream.hpp"
#include "experiment/type.hpp"
#include "special/log.hpp"
#include "special/portable.hpp"

// Mean and covariance of the outputs of attention when n tokens of a law attend to each other (or fresh queries attend to
// them), against the exact moments of the transformed law.

namespace asymptoken {

namespace {

constexpr std::int64_t most_queries = 1'000'000'000;

/// All of a sphere, not a section of a larger one.
bool is_sphere(const Law& law) {
  const auto section = law.sphere_section();
  return section && section->dimension == law.dimension();
}

void read_queries(Reader& reader, Spec& spec) {
  if (!reader.is_object("queries")) {
    reader.choice("queries", {"tokens"}, R"(, {"count": m} or {"quadrature": m})");
    return;
  }
  Reader queries = reader.object("queries");
  if (queries.has("quadrature")) {
    const std::int64_t nodes = queries.integer("quadrature", std::nullopt, 2, 1'000'000);
    const auto quadrature = spec.law->quadrature(static_cast<Index>(nodes));
    if (!quadrature) {
      queries.reject("quadrature",
                     "at most 1000000 nodes^dimension, on a law that has one: gaussian with dimension 1 to "
                     "3, or points");
    }
    spec.quadrature = *quadrature;
  } else {
    spec.fresh_queries = queries.integer("count", std::nullopt, 1, most_queries);
  }
  queries.finish();
}

void read_sampled_reference(Reader& reader, Spec& spec) {
  if (!reader.is_object("sampled_reference")) {
    reader.choice("sampled_reference", {"none"}, R"(, {"tokens": N} or {"draws": N})");
    return;
  }
  Reader reference = reader.object("sampled_reference");
  if (reference.has("draws")) {
    spec.reference_draws = reference.integer("draws", std::nullopt, 1, 100'000'000);
    if (!is_sphere(*spec.law)) {
      reference.reject(
          "draws", "to be left out, because only the sphere's covariance is an average over Dirichlet draws");
    }
  } else {
    spec.reference_tokens = reference.integer("tokens", std::nullopt, 1, most_queries);
  }
  reference.finish();
}

void read(Reader& reader, Spec& spec) {
  read_queries(reader, spec);
  read_sampled_reference(reader, spec);
  spec.spectral_norm = reader.choice("covariance_norm", {"frobenius", "spectral"}) == "spectral";
}

bool tokens_attend(const Spec& spec) {
  return spec.fresh_queries == 0 && spec.quadrature.weights.size() == 0;
}

double query_count(const Spec& spec, double n) {
  if (tokens_attend(spec)) {
    return n;
  }
  return static_cast<double>(spec.fresh_queries > 0 ? spec.fresh_queries : spec.quadrature.weights.size());
}

std::vector<std::string> metrics(const Spec& spec) {
  std::vector<std::string> names = {"mean", "covariance"};
  if (spec.reference_tokens > 0) {
    names.insert(names.end(), {"mean_from_sample", "covariance_from_sample"});
  } else if (spec.reference_draws > 0) {
    names.emplace_back("covariance_from_sample");
  }
  return names;
}

/// Of a predicted error over the spec's grid of n.
template <class Error>
double slope_over_grid(const Spec& spec, Error error_at) {
  std::vector<FitPoint> points;
  for (const std::int64_t tokens : spec.tokens) {
    const auto n = static_cast<double>(tokens);
    const double error = error_at(n);
    points.push_back({.n = n, .mean = error, .standard_deviation = error, .count = 1});
  }
  return fit_power_law(points, FitWeights::equal).value_or(PowerLawFit{}).slope;
}

/// The slope that a sample of N tokens shows as reference: its own error does not fall with n.
double slope_over_floor(const Spec& spec, double rate) {
  const auto squared_error = [rate](double n) { return portable_exp(-2.0 * rate * portable_log(n)); };
  const double floor = squared_error(static_cast<double>(spec.reference_tokens));
  return slope_over_grid(spec, [&](double n) { return std::sqrt(squared_error(n) + floor); });
}

/// Whether averaging does not begin at any n: rho of a usual query is larger.
bool is_hardmax(const Spec& spec, const Head& head) {
  const Index d = spec.law->dimension();
  const double usual =
      head.form.A.norm() / static_cast<double>(d) * std::sqrt(spec.law->covariance().trace());
  const Vector t = Vector::Constant(d, usual);
  return spec.law->doubled_tilt(t).log_inflation > portable_log(static_cast<double>(spec.tokens.back()));
}

/// Of the shift of the covariance in hardmax attention on the sphere (hardmax_covariance_shift).
double hardmax_slope(const Spec& spec) {
  return slope_over_grid(
      spec, [&](double n) { return largest_cosine(spec.law->dimension(), n).mean_squared_sine; });
}

/// Slopes of the error of either moment, and the constant where it is known.
std::vector<Prediction> predictions(const Spec& spec, const Head& head) {
  std::vector<Prediction> predicted;
  if (!spec.law->has_independent_tokens()) {
    return predicted;
  }
  const double H = head.horizon;
  const bool is_gaussian = spec.law->is_gaussian();
  constexpr std::size_t fewest_points = 3;
  const bool has_slopes = spec.tokens.size() >= fewest_points;
  for (const std::string& metric : metrics(spec)) {
    const auto add = [&](std::string_view name, double value, Status status, std::string_view formula) {
      predicted.push_back({.metric = metric,
                           .quantity = "slope",
                           .name = std::string(name),
                           .value = value,
                           .status = status,
                           .formula = std::string(formula)});
    };
    add("guaranteed rate", -guaranteed_rate(H), Status::paper, "-1/(2(1+H^2))");
    if (is_gaussian) {
      const Status status = H < 1 ? Status::derived : Status::heuristic;
      add("Gaussian rate", -gaussian_rate(H), status, "-min(1/2, 1/(1+H^2))");
      if (has_slopes && spec.reference_tokens > 0 && metric.ends_with("_from_sample")) {
        add("Gaussian rate over its floor", slope_over_floor(spec, gaussian_rate(H)), status,
            "slope of (n^-2b + N^-2b)^(1/2), b = min(1/2, 1/(1+H^2)), N the reference's tokens");
      }
    } else if (spec.law->is_bounded()) {
      if (has_slopes && is_sphere(*spec.law) && metric.starts_with("covariance") && is_hardmax(spec, head)) {
        add("hardmax slope", hardmax_slope(spec), Status::derived,
            "of 1 - E c_n^2, c_n the largest of n cosines: the covariance's shift for A -> infinity");
      }
      add("compact-support rate", -0.5, Status::derived, "-1/2, once n is far above rho");
    }
  }
  if (is_gaussian && tokens_attend(spec)) {
    if (const auto limit = gaussian_moment_limit(spec.law->covariance(), head.form)) {
      predicted.push_back({.metric = "mean",
                           .quantity = "constant",
                           .name = "asymptotic constant",
                           .value = head.support * expected_norm(limit->mean_asymptotic_covariance),
                           .status = Status::derived,
                           .formula = "E|N(0, lim n Cov(mean))|"});
    }
  }
  return predicted;
}

void prepare(Plan::Contents& contents) {
  for (const Head& head : contents.spec.attention.heads) {
    Curve curve = empty_curve(contents.spec, head, contents.skeleton.metrics.size());
    curve.predicted = predictions(contents.spec, head);
    contents.skeleton.curves.push_back(std::move(curve));
    contents.limits.moments.push_back(transformed_moments(*contents.spec.law, head.form));
    if (contents.spec.reference_draws > 0) {
      contents.limits.sampled_covariance.push_back(sampled_sphere_covariance(contents.spec, head.form));
    }
  }
}

double work(const Spec& spec, double n) {
  return n * sampling_work(spec) + query_count(spec, n) * n * pair_work(spec);
}

double memory(const Spec& spec, double n) {
  const auto d = static_cast<double>(spec.law->dimension());
  const auto value_dimension = static_cast<double>(spec.attention.V.rows());
  const auto heads = static_cast<double>(spec.attention.heads.size());
  const double token = sizeof(float) * (2 * d + value_dimension);
  const double moments =
      heads * (spec.nested ? static_cast<double>(spec.tokens.size()) : 1) * value_dimension * value_dimension;
  if (tokens_attend(spec)) {
    return token * n + sizeof(double) * moments;
  }
  const double query =
      sizeof(float) * 2 * d + heads * (sizeof(float) + sizeof(double)) * (value_dimension + 2);
  return token * std::min<double>(n, TokenStream::chunk) + query * query_count(spec, n) +
         sizeof(double) * moments;
}

std::unique_ptr<Execution::Steps> start(const Plan::Contents& contents, const Item& item, Compute compute) {
  const bool from_tokens = item.is_reference() || tokens_attend(contents.spec);
  return (from_tokens ? attend_from_tokens : attend_from_queries)(contents, item, compute);
}

Json limit(const Plan::Contents& contents, std::size_t curve) {
  const Moments& moments = contents.limits.moments[curve];
  const Head& head = contents.spec.attention.heads[curve];
  Json result = {{"mean", json_of(moments.mean)},
                 {"covariance", json_of(moments.covariance)},
                 {"one_sided_horizon", one_sided_horizon(contents.spec.law->covariance(), head.form.A)}};
  if (contents.spec.law->is_gaussian() && contents.spec.law->has_independent_tokens()) {
    if (const auto clt = gaussian_moment_limit(contents.spec.law->covariance(), head.form)) {
      result["mean_asymptotic_covariance"] = json_of(clt->mean_asymptotic_covariance);
      result["self_weight"] = clt->self_weight;
    }
  }
  return result;
}

}  // namespace

const ExperimentType& moments_experiment() {
  static const ExperimentType type{.name = "moments",
                                   .metrics = metrics,
                                   .read = read,
                                   .prepare = prepare,
                                   .work = work,
                                   .memory = memory,
                                   .start = start,
                                   .limit = limit,
                                   .reference = &sampled_moments()};
  return type;
}

}  // namespace asymptoken
