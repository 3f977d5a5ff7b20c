#include <catch_amalgamated.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "arbitrary.hpp"
#include "asymptoken/error.hpp"
#include "by_definition.hpp"
#include "run_experiment.hpp"
#include "stored_array.hpp"

// Limits that are averages over many outputs, and so come in items: of a law that is a list of points, and over given queries.

using namespace asymptoken;
using Json = nlohmann::ordered_json;

namespace {

/// An item is 1536 queries: two of them, and keys that take more than one step.
constexpr Index many = 2300;

Json moments_of(const Json& law) {
  return {
      {"experiment", "moments"}, {"seed", 3},      {"law", law}, {"attention", {{"horizons", {0.4, 1.5}}}},
      {"tokens", {10, 20}},      {"replicates", 1}};
}

const Json points_law = {{"type", "points"}, {"points", {{"input", "y"}}}};
const Json weighted_law = {{"type", "points"}, {"points", {{"input", "y"}}}, {"weights", {{"input", "w"}}}};
const Json gaussian_law = {
    {"type", "gaussian"}, {"dimension", 3}, {"mean", {0.5, 0, -1}}, {"covariance", {1, 0.5, 2}}};

/// As limit_json says it of a curve.
Moments limit_of(const ExperimentJob& job, std::size_t curve) {
  const Json limit = Json::parse(job.limit_json())["curves"][curve]["limit"];
  const Json& rows = limit["covariance"];
  const auto d = static_cast<Index>(rows.size());
  Moments moments{.mean = Vector(d), .covariance = Matrix(d, d)};
  for (Index i = 0; i < d; ++i) {
    moments.mean[i] = limit["mean"][static_cast<std::size_t>(i)];
    for (Index j = 0; j < d; ++j) {
      moments.covariance(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    }
  }
  return moments;
}

void check_close(const Moments& found, const Moments& expected, double tolerance = 1e-12) {
  CHECK((found.mean - expected.mean).norm() < tolerance * expected.mean.norm());
  CHECK((found.covariance - expected.covariance).norm() < tolerance * expected.covariance.norm());
  CHECK(found.covariance == found.covariance.transpose());
}

Rows<double> example_points(Index n) { return 2 * arbitrary(n, 3, 11).array() + 0.3; }

/// Positive ones, and some that leave points out.
Rows<double> example_weights(Index n) {
  Rows<double> weights = arbitrary(n, 1, 12).array() + 0.6;
  weights(2, 0) = 0;
  weights(n - 1, 0) = 0;
  return weights;
}

}  // namespace

TEST_CASE("the limit of many points is the exact sum over them", "[limits][moments]") {
  for (const Index n : {Index{9}, Index{1536}, Index{1537}, many}) {
    const Stored points = stored(example_points(n));
    const Stored weights(example_weights(n), NumberType::float64, {n}, {});
    for (const bool is_weighted : {false, true}) {
      INFO(n << (is_weighted ? " weighted points" : " points"));
      Inputs inputs;
      points.give(inputs, "y");
      if (is_weighted) {
        weights.give(inputs, "w");
      }
      const Spec spec = parse_spec(moments_of(is_weighted ? weighted_law : points_law).dump(), inputs);
      const auto job = job_of(spec);
      const Index possible = is_weighted ? n - 2 : n;
      CHECK(job->preliminary_items() == static_cast<std::size_t>((possible + 1535) / 1536));
      for (std::size_t head = 0; head < 2; ++head) {
        const AttentionForm& form = spec.attention.heads[head].form;
        check_close(limit_of(*job, head), spec.law->transformed_moments(form.A, form.V).value());
      }
    }
  }
}

TEST_CASE("the limit over given queries is the average of their outputs", "[limits][moments]") {
  const Rows<double> queries = arbitrary(many, 3, 13);
  const Rows<double> keys = example_points(1700);
  const Rows<double> weights = example_weights(1700);
  const Stored query_memory = stored(queries);
  const Stored key_memory = stored(keys);
  const Stored weight_memory(weights, NumberType::float64, {1700}, {});
  for (const Json& law : {gaussian_law, points_law, weighted_law}) {
    INFO(law.dump());
    Inputs inputs;
    query_memory.give(inputs, "x");
    if (law != gaussian_law) {
      key_memory.give(inputs, "y");
    }
    if (law == weighted_law) {
      weight_memory.give(inputs, "w");
    }
    Json document = moments_of(law);
    document["queries"] = {{"input", "x"}};
    const Spec spec = parse_spec(document.dump(), inputs);
    const auto job = job_of(spec);
    CHECK(job->preliminary_items() == 2);
    for (std::size_t head = 0; head < 2; ++head) {
      const AttentionForm& form = spec.attention.heads[head].form;
      Rows<double> outputs(queries.rows(), form.V.rows());
      for (Index i = 0; i < queries.rows(); ++i) {
        const Vector tilt = form.A * queries.row(i).transpose();
        Vector average;
        if (law == gaussian_law) {
          average = spec.law->mean() + spec.law->covariance() * tilt;
        } else {
          const Vector logits = keys * tilt;
          Vector shares = (logits.array() - logits.maxCoeff()).exp();
          if (law == weighted_law) {
            shares.array() *= weights.col(0).array();
          }
          average = keys.transpose() * shares / shares.sum();
        }
        outputs.row(i) = (form.V * average).transpose();
      }
      check_close(limit_of(*job, head), by_definition::moments(outputs));
    }
  }
}

TEST_CASE("window has the same limit of many points", "[limits][window]") {
  const Stored points = stored(example_points(many));
  Inputs inputs;
  points.give(inputs, "y");
  Json document = moments_of(points_law);
  document["experiment"] = "window";
  document["context"] = 50;
  const Spec spec = parse_spec(document.dump(), inputs);
  const auto job = job_of(spec);
  CHECK(job->preliminary_items() == 2);
  for (std::size_t curve = 0; curve < 4; ++curve) {
    const AttentionForm& form = spec.attention.heads[curve / 2].form;
    check_close(limit_of(*job, curve), spec.law->transformed_moments(form.A, form.V).value());
  }
}

TEST_CASE("how a limit's item is sliced, and which comes first, does not move a bit", "[limits][moments]") {
  const Stored points = stored(example_points(many));
  const Stored queries = stored(arbitrary(many, 3, 13));
  Json over_queries = moments_of(gaussian_law);
  over_queries["queries"] = {{"input", "x"}};
  for (const Json& document : {moments_of(points_law), over_queries}) {
    Inputs inputs;
    (document == over_queries ? queries : points).give(inputs, document == over_queries ? "x" : "y");
    const Spec spec = parse_spec(document.dump(), inputs);
    const auto whole = job_of(spec);
    ExperimentJob sliced(spec);
    for (std::size_t step = 0; step < sliced.preparation_steps(); ++step) {
      sliced.prepare(step, {});
    }
    for (const std::size_t item : {1U, 0U}) {
      CHECK(sliced.startable() == 2);
      CHECK_THROWS_AS(sliced.limit_json(), Error);
      const auto execution = sliced.start(item, {});
      double before = 0;
      while (!execution->advance(1000)) {
        CHECK(execution->fraction_done() >= before);
        CHECK(execution->fraction_done() < 1);
        before = execution->fraction_done();
      }
      CHECK(before > 0.9);
      sliced.add(item, execution->values());
    }
    CHECK(sliced.limit_json() == whole->limit_json());
    CHECK(sliced.limit_json() == limit_json(spec));
  }
}

TEST_CASE("limits without fused operations are the same on every target", "[limits][moments]") {
  const Stored points = stored(example_points(many));
  Inputs inputs;
  points.give(inputs, "y");
  Json document = moments_of(points_law);
  document["deterministic"] = true;
  const Spec spec = parse_spec(document.dump(), inputs);
  const std::string first = job_of(spec)->limit_json();
  for (const SimdTarget target : available_simd_targets()) {
    CHECK(job_of(spec, {.target = target})->limit_json() == first);
  }
}
