#include <Eigen/SVD>
#include <algorithm>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "arbitrary.hpp"
#include "asymptoken/error.hpp"
#include "asymptoken/experiment.hpp"
#include "by_definition.hpp"
#include "experiment/moments/moments.hpp"
#include "run_experiment.hpp"

using namespace asymptoken;

namespace {

const std::string own_tokens = R"({"experiment": "moments", "seed": 9,
 "law": {"type": "gaussian", "dimension": 3, "mean": [0.5, 0, -1], "covariance": [[1, 0.2, 0], [0.2, 0.7, 0], [0, 0, 1.3]]},
 "attention": {"horizons": [0.3, 0.8]}, "tokens": [40, 5000], "replicates": 2})";

// Points inside one block of queries, inside one chunk of keys, and beyond several of either.
const std::string nested_tokens = R"({"list": [40, 90, 100, 1500, 2100, 5000], "nested": true})";

const std::string nested = with_setting(own_tokens, "tokens", nested_tokens);
const std::string fresh = with_setting(own_tokens, "queries", R"({"count": 200})");
const std::string nested_fresh = with_setting(nested, "queries", R"({"count": 200})");
const std::string quadrature = with_setting(nested, "queries", R"({"quadrature": 7})");
const std::string with_sample = with_setting(own_tokens, "sampled_reference", R"({"tokens": 1300})");
const std::string nested_with_sample = with_setting(nested, "sampled_reference", R"({"tokens": 9000})");
const std::string fresh_with_sample = with_setting(fresh, "sampled_reference", R"({"tokens": 1300})");

/// A spec and what it says of queries, reference and norm.
struct Case {
  std::string json;
  std::int64_t fresh_queries = 0;
  Index quadrature_nodes = 0;
  std::int64_t reference_tokens = 0;
  bool spectral_norm = false;
};

Quadrature queries_of(const Case& one, const Spec& spec, const Item& item, const Rows<double>& keys) {
  const auto equal = [](const Rows<double>& points) {
    return Quadrature{.points = points,
                      .weights = Vector::Constant(points.rows(), 1.0 / static_cast<double>(points.rows()))};
  };
  if (one.quadrature_nodes > 0) {
    return spec.law->quadrature(one.quadrature_nodes).value();
  }
  return equal(one.fresh_queries > 0
                   ? by_definition::draws(spec, StreamPurpose::queries, item, one.fresh_queries)
                   : keys);
}

void append_errors(std::vector<double>& errors, const Moments& measured, const Moments& reference,
                   bool spectral) {
  errors.push_back((measured.mean - reference.mean).norm());
  const Matrix difference = measured.covariance - reference.covariance;
  errors.push_back(spectral ? difference.jacobiSvd().singularValues()[0] : difference.norm());
}

/// Every error of an item: [point][head][metric].
std::vector<double> expected_errors(const Case& one, const Spec& spec, const Item& item) {
  const Rows<double> tokens = by_definition::tokens(spec, item);
  const Rows<double> sample = by_definition::draws(
      spec, StreamPurpose::reference, {.replicate = 0, .first_point = 0, .points = 0}, one.reference_tokens);
  std::vector<double> errors;
  for (std::size_t point = 0; point < item.points; ++point) {
    const Rows<double> keys = tokens.topRows(spec.tokens[item.first_point + point]);
    const Quadrature queries = queries_of(one, spec, item, keys);
    for (const Head& head : spec.attention.heads) {
      const Moments measured =
          by_definition::moments(by_definition::outputs(queries.points, keys, head.form), queries.weights);
      append_errors(errors, measured, transformed_moments(*spec.law, head.form), one.spectral_norm);
      if (one.reference_tokens > 0) {
        append_errors(errors, measured,
                      by_definition::moments(by_definition::outputs(sample, sample, head.form)),
                      one.spectral_norm);
      }
    }
  }
  return errors;
}

}  // namespace

TEST_CASE("moments measures the distance of mean and covariance to their references",
          "[experiment][moments]") {
  const Case cases[] = {
      {.json = own_tokens},
      {.json = nested},
      {.json = fresh, .fresh_queries = 200},
      {.json = nested_fresh, .fresh_queries = 200},
      {.json = quadrature, .quadrature_nodes = 7},
      {.json = with_sample, .reference_tokens = 1300},
      {.json = nested_with_sample, .reference_tokens = 9000},
      {.json = fresh_with_sample, .fresh_queries = 200, .reference_tokens = 1300},
      {.json = with_setting(own_tokens, "covariance_norm", "spectral"), .spectral_norm = true}};
  for (const Case& one : cases) {
    INFO(one.json);
    ExperimentJob job(parse_spec(one.json));
    complete(job);
    std::size_t compared = 0;
    for (std::size_t i = 0; i < job.replicate_count(); ++i) {
      const Item& item = job.replicate(i);
      if (item.replicate > 0) {
        continue;
      }
      const std::vector<double> expected = expected_errors(one, job.spec(), item);
      const std::span<const double> values = job.values(i);
      REQUIRE(values.size() == expected.size());
      for (std::size_t k = 0; k < expected.size(); ++k) {
        CHECK(values[k] == Catch::Approx(expected[k]).epsilon(1e-4));
      }
      compared += values.size();
    }
    CHECK(compared > 0);
  }
}

TEST_CASE("replicates wait for the sampled reference they are compared with", "[experiment][moments]") {
  for (const std::string& json : {with_sample, nested_with_sample}) {
    ExperimentJob job(parse_spec(json));
    for (std::size_t step = 0; step < job.preparation_steps(); ++step) {
      job.prepare(step, {});
    }
    const std::size_t blocks = job.preliminary_items();
    CHECK(blocks == (json == with_sample ? 1 : 3));
    CHECK(job.size() == blocks + job.replicate_count());
    // The last block first: what it is compared with has no order.
    for (std::size_t missing = blocks; missing-- > 0;) {
      CHECK(job.startable() == blocks);
      CHECK(sentence([&] { job.start(blocks, {}); }) ==
            "item is " + std::to_string(blocks) + "; expected a number below " + std::to_string(blocks));
      // What is exact does not wait for the sample.
      CHECK_FALSE(job.limit_json().empty());
      CHECK_FALSE(job.outline().curves[0].predictions.empty());
      const auto execution = job.start(missing, {});
      while (!execution->advance(1e18)) {
      }
      CHECK_THROWS_AS(job.add(missing, std::vector<double>(3)), Error);
      job.add(missing, execution->values());
    }
    CHECK(job.startable() == job.size());
    const Result partial = job.result();
    CHECK(partial.items_done == static_cast<std::int64_t>(blocks));
    CHECK(partial.items == static_cast<std::int64_t>(job.size()));
    CHECK_FALSE(partial.curves[0].points[0].metrics[0].has_value());
  }
}

TEST_CASE("blocks of a sampled reference hold each of its queries once", "[experiment][moments]") {
  const Spec spec = parse_spec(own_tokens);
  for (const std::int64_t count : {1, 1300, 9000, 9001, 9002, 100'000}) {
    MomentsParameters parameters;
    parameters.reference_tokens = count;
    const MomentsMeasurement measurement(spec, parameters);
    Index next = 0;
    for (std::size_t block = 0; block < measurement.preliminaries()[1].size(); ++block) {
      CHECK(measurement.reference_block(block).first == next);
      next = measurement.reference_block(block).last;
    }
    CHECK(next == count);
  }
}

TEST_CASE("blocks of a sampled reference count by their queries", "[experiment][moments]") {
  // 651 queries whose outputs are as the limit has them, and 650 whose first coordinate lies a million off.
  const std::string small = with_setting(own_tokens, "tokens", "[40, 900]");
  ExperimentJob job(parse_spec(with_setting(small, "sampled_reference", R"({"tokens": 1301})")));
  for (std::size_t step = 0; step < job.preparation_steps(); ++step) {
    job.prepare(step, {});
  }
  REQUIRE(job.preliminary_items() == 2);
  std::vector<double> block(2 * 9);  // of two heads: three means and six covariances
  job.add(0, block);
  block[0] = 1e6;
  job.add(1, block);
  const std::vector<double> values = execute(job, 0);
  const double share = 650.0 / 1301;
  CHECK(values[0] < 10);
  CHECK(values[2] == Catch::Approx(1e6 * share).epsilon(1e-4));
  CHECK(values[3] == Catch::Approx(1e12 * share * (1 - share)).epsilon(1e-4));
  CHECK(values[4 + 2] == values[4]);
}

TEST_CASE("how the blocks of a sampled reference are sliced, and when they come, does not move a bit",
          "[experiment][moments]") {
  for (const std::string& json : {with_sample, nested_with_sample}) {
    const Spec spec = parse_spec(json);
    ExperimentJob forward(spec);
    complete(forward);

    ExperimentJob backward(spec);
    for (std::size_t step = 0; step < backward.preparation_steps(); ++step) {
      backward.prepare(step, {});
    }
    std::vector<std::vector<double>> blocks(backward.preliminary_items());
    for (std::size_t i = blocks.size(); i-- > 0;) {
      const auto sliced = backward.start(i, {});
      double before = 0;
      while (!sliced->advance(3e5)) {
        CHECK(sliced->fraction_done() >= before);
        CHECK(sliced->fraction_done() < 1);
        before = sliced->fraction_done();
      }
      blocks[i] = sliced->values();
      backward.add(i, blocks[i]);
    }
    for (std::size_t i = backward.replicate_count(); i-- > 0;) {
      backward.add(blocks.size() + i, execute(backward, i));
    }
    CHECK(to_json(forward.result()) == to_json(backward.result()));

    // What a job keeps is enough to go on with, in whichever order it is found.
    ExperimentJob restored(spec);
    for (std::size_t i = restored.replicate_count(); i-- > 0;) {
      restored.add(blocks.size() + i, i % 2 == 0 ? forward.values(i) : backward.values(i));
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      restored.add(i, blocks[i]);
    }
    for (std::size_t step = 0; step < restored.preparation_steps(); ++step) {
      restored.prepare(step, {});
    }
    CHECK(restored.items_done() == restored.size());
    CHECK(to_json(restored.result()) == to_json(forward.result()));
    CHECK(restored.limit_json() == forward.limit_json());
  }
}

TEST_CASE("the sphere's covariance by draws agrees with the exact one within its error",
          "[experiment][moments][statistics]") {
  const Spec spec =
      parse_spec(R"({"experiment": "moments", "law": {"type": "sphere", "dimension": 6, "radius": 2},
    "attention": {"horizons": 3}, "sampled_reference": {"draws": 200000}, "tokens": 10})");
  const AttentionForm& form = spec.attention.heads.front().form;
  const Matrix exact = transformed_moments(*spec.law, form).covariance;
  const Matrix sampled = sampled_sphere_covariance(spec, 200000, form);
  // Each eigenvalue is a mean of 200,000 values whose standard deviation is at most three times itself here: five standard
  // errors, of the largest.
  CHECK((sampled - exact).norm() < 5 * 3 * exact.norm() / std::sqrt(200000.0));
  CHECK((sampled - exact).norm() > 0);
}

TEST_CASE("sampled references, queries and norms that make no sense are refused",
          "[experiment][moments][spec]") {
  const auto message = [&](std::string_view path, std::string_view value) {
    try {
      parse_spec(with_setting(own_tokens, path, value));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message("sampled_reference", R"({"draws": 100})") ==
        "sampled_reference.draws is 100; expected to be left out, because only the sphere's covariance is an "
        "average over "
        "Dirichlet draws");
  CHECK(message("sampled_reference", "5") ==
        R"(sampled_reference is 5; expected none, {"tokens": N} or {"draws": N})");
  CHECK(message("sampled_reference", R"({"tokens": 0})") ==
        "sampled_reference.tokens is 0; expected an integer from 1 to 1000000000");
  CHECK(message("queries", R"({"quadrature": 1})") ==
        "queries.quadrature is 1; expected an integer from 2 to 1000000");
  CHECK(message("queries", R"({"quadrature": 1000})") ==
        "queries.quadrature is 1000; expected at most 1000000 nodes^dimension, on a law that has one: "
        "gaussian with "
        "dimension 1 to 3, or points");
  CHECK(message("covariance_norm", "nuclear") ==
        "covariance_norm is \"nuclear\"; expected one of frobenius, spectral");
  CHECK(message("fit", R"({"resamples": -1})") ==
        "fit.resamples is -1; expected an integer from 0 to 1000000");
}

TEST_CASE("a wider support is a wider law", "[experiment][moments]") {
  const auto errors = [](const std::string& law, const std::string& attention) {
    const auto job = job_of(R"({"experiment": "moments", "law": )" + law + R"(, "attention": )" + attention +
                            R"(, "tokens": [700], "replicates": 1})");
    return execute(*job, 0);
  };
  const std::string A = R"("matrix": [[0.5, 0.2], [-0.1, 0.4]], "value": [[1, 2]])";
  const std::vector<double> stretched =
      errors(R"({"type": "ball", "dimension": 2, "radius": 1})", "{" + A + R"(, "supports": [1.5, 3]})");
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string radius = i == 0 ? "1.5" : "3";
    const std::vector<double> wide =
        errors(R"({"type": "ball", "dimension": 2, "radius": )" + radius + "}", "{" + A + "}");
    for (std::size_t metric = 0; metric < 2; ++metric) {
      CHECK(stretched[2 * i + metric] == Catch::Approx(wide[metric]).epsilon(1e-4));
    }
  }
}

TEST_CASE("memory does not grow with n where queries are apart from the tokens", "[experiment][moments]") {
  const std::string big = with_setting(own_tokens, "tokens", "1000000000000");
  const auto fit_in = [](const std::string& json, double bytes) {
    return ExperimentJob(parse_spec(json)).items_that_fit(bytes);
  };
  CHECK(fit_in(with_setting(big, "queries", R"({"count": 1000})"), 1e7) > 0);
  CHECK(fit_in(with_setting(big, "queries", R"({"quadrature": 10})"), 1e7) > 0);
  CHECK_THROWS_AS(fit_in(big, 1e12), Error);
}

// Theory section 6: averaging the queries exactly, slopes of the mean error over n = 1e3 .. 1e7 are -.27, -.24, -.136 at
// H = 1.5, 2, 3, and those of the covariance -.245, -.215, -.105. Here the first two decades of that.
TEST_CASE("theory section 6: slopes with the queries averaged exactly", "[experiment][moments][statistics]") {
  const Result result =
      run(R"({"experiment": "moments", "seed": 5, "law": {"type": "gaussian", "dimension": 1},
    "attention": {"horizons": [0.5, 2, 3]}, "queries": {"quadrature": 200},
    "tokens": {"from": 1000, "to": 100000, "count": 5, "nested": true}, "replicates": 100})");
  const double mean_slopes[] = {-0.5, -0.268, -0.155};
  for (std::size_t curve = 0; curve < result.curves.size(); ++curve) {
    const double slope = result.curves[curve].fits[0]->slope;
    // The table's own statistical error is .02 to .04.
    const double error = std::hypot(slope_standard_error(result.curves[curve], 0), 0.03);
    CHECK(std::abs(slope - mean_slopes[curve]) < 3 * error);
  }
}

namespace {

const Prediction* find_prediction(const Curve& curve, std::string_view id, std::string_view metric) {
  const auto found = std::ranges::find_if(
      curve.predictions, [&](const Prediction& one) { return one.id == id && one.metric == metric; });
  return found == curve.predictions.end() ? nullptr : &*found;
}

const std::string on_the_line = R"({"experiment": "moments", "seed": 3,
 "law": {"type": "gaussian", "dimension": 1}, "attention": {"matrix": 0.5},
 "tokens": [5000, 10000, 20000], "replicates": 400})";

}  // namespace

TEST_CASE("constants of the limit belong to the kind of queries", "[experiment][moments]") {
  const auto limit_with = [](const std::string& queries) {
    return nlohmann::ordered_json::parse(
        job_of(with_setting(on_the_line, "queries", queries))->limit_json())["curves"][0]["limit"];
  };
  // b^2 + 2b + (1 - b^4)^(-3/2) where a query is a key, else the last term.
  const double apart = std::pow(1.0 - 0.0625, -1.5);
  const auto own = limit_with(R"("tokens")");
  CHECK(own["mean_asymptotic_covariance"][0][0].get<double>() == Catch::Approx(1.25 + apart));
  CHECK(own["self_weight"].get<double>() == Catch::Approx(2.0));
  for (const char* queries : {R"({"quadrature": 40})", R"({"count": 100})"}) {
    INFO(queries);
    const auto limit = limit_with(queries);
    CHECK(limit["mean_asymptotic_covariance"][0][0].get<double>() == Catch::Approx(apart));
    CHECK(!limit.contains("self_weight"));
  }
}

TEST_CASE("averaged over the law, the error of the mean reaches the constant of such queries",
          "[experiment][moments][statistics]") {
  const Result result = run(with_setting(on_the_line, "queries", R"({"quadrature": 40})"));
  const Curve& curve = result.curves.front();
  const Prediction* constant = find_prediction(curve, "asymptotic_constant", "mean");
  REQUIRE(constant != nullptr);
  const Point& last = curve.points.back();
  const double predicted = constant->value / std::sqrt(static_cast<double>(last.n));
  CHECK(std::abs(last.metrics[0]->mean - predicted) < 4 * last.metrics[0]->standard_error());
}

TEST_CASE("fresh queries leave a floor, and where it is seen no slope is predicted",
          "[experiment][moments][statistics]") {
  const Result result = run(with_setting(on_the_line, "queries", R"({"count": 100})"));
  const Curve& curve = result.curves.front();
  const Point& last = curve.points.back();
  for (std::size_t metric = 0; metric < 2; ++metric) {
    INFO(result.metrics[metric].id);
    const Prediction* floor = find_prediction(curve, "query_floor", result.metrics[metric].id);
    REQUIRE(floor != nullptr);
    CHECK(floor->quantity == Quantity::limit);
    CHECK(floor->status == Status::derived);
    // 100 queries are known to 1.1 / 20,000 of 0.25 / 100 when keys are counted too: one percent of the error.
    const double error = 4 * last.metrics[metric]->standard_error() + 0.02 * floor->value;
    CHECK(std::abs(last.metrics[metric]->mean - floor->value) < error);
    CHECK(find_prediction(curve, "reference_rate", result.metrics[metric].id) == nullptr);
    CHECK(find_prediction(curve, "gaussian_rate", result.metrics[metric].id) == nullptr);
  }
  // So many queries that their floor is not seen.
  const auto job = job_of(with_setting(on_the_line, "queries", R"({"count": 2000000})"));
  const Curve& many = job->outline().curves.front();
  CHECK(find_prediction(many, "query_floor", "mean") != nullptr);
  CHECK(find_prediction(many, "gaussian_rate", "mean") != nullptr);
}
