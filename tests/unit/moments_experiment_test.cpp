#include <Eigen/SVD>
#include <catch_amalgamated.hpp>
#include <cmath>

#include "asymptoken/error.hpp"
#include "asymptoken/experiment.hpp"
#include "by_definition.hpp"
#include "experiment/moments/dirichlet.hpp"
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

Quadrature queries_of(const Spec& spec, const Item& item, const Rows<double>& keys) {
  const auto equal = [](const Rows<double>& points) {
    return Quadrature{.points = points,
                      .weights = Vector::Constant(points.rows(), 1.0 / static_cast<double>(points.rows()))};
  };
  if (spec.quadrature.weights.size() > 0) {
    return spec.quadrature;
  }
  return equal(spec.fresh_queries > 0
                   ? by_definition::draws(spec, StreamPurpose::queries, item, spec.fresh_queries)
                   : keys);
}

void append_errors(std::vector<double>& errors, const Moments& measured, const Moments& reference,
                   bool spectral) {
  errors.push_back((measured.mean - reference.mean).norm());
  const Matrix difference = measured.covariance - reference.covariance;
  errors.push_back(spectral ? difference.jacobiSvd().singularValues()[0] : difference.norm());
}

/// Every error of an item: [point][head][metric].
std::vector<double> expected_errors(const Plan& plan, const Item& item) {
  const Spec& spec = plan.spec();
  const Rows<double> tokens = by_definition::tokens(spec, item);
  const Rows<double> sample =
      by_definition::draws(spec, StreamPurpose::reference,
                           {.replicate = 0, .first_point = 0, .points = 0, .work = 0}, spec.reference_tokens);
  std::vector<double> errors;
  for (std::size_t point = 0; point < item.points; ++point) {
    const Rows<double> keys = tokens.topRows(spec.tokens[item.first_point + point]);
    const Quadrature queries = queries_of(spec, item, keys);
    for (const Head& head : spec.attention.heads) {
      const Moments measured =
          by_definition::moments(by_definition::outputs(queries.points, keys, head.form), queries.weights);
      append_errors(errors, measured, transformed_moments(*spec.law, head.form), spec.spectral_norm);
      if (spec.reference_tokens > 0) {
        append_errors(errors, measured,
                      by_definition::moments(by_definition::outputs(sample, sample, head.form)),
                      spec.spectral_norm);
      }
    }
  }
  return errors;
}

}  // namespace

TEST_CASE("moments measures the distance of mean and covariance to their references",
          "[experiment][moments]") {
  for (const std::string& json :
       {own_tokens, nested, fresh, nested_fresh, quadrature, with_sample, nested_with_sample,
        fresh_with_sample, with_setting(own_tokens, "covariance_norm", "spectral")}) {
    INFO(json);
    const Plan plan = plan_of(json);
    Merger merger(plan);
    add_all(merger, plan);
    std::size_t compared = 0;
    for (std::size_t i = 0; i < plan.items().size(); ++i) {
      const Item& item = plan.items()[i];
      if (item.is_reference() || item.replicate > 0) {
        continue;
      }
      const std::vector<double> expected = expected_errors(plan, item);
      const std::span<const double> values = merger.values(i);
      REQUIRE(values.size() == expected.size());
      for (std::size_t k = 0; k < expected.size(); ++k) {
        CHECK(values[k] == Catch::Approx(expected[k]).epsilon(1e-4));
      }
      compared += values.size();
    }
    CHECK(compared > 0);
  }
}

TEST_CASE("a sampled reference may come before, among or after what is compared with it",
          "[experiment][moments]") {
  for (const std::string& json : {with_sample, nested_with_sample}) {
    const Plan plan = plan_of(json);
    const std::size_t count = plan.items().size();
    Merger forward(plan);
    Merger backward(plan);
    for (std::size_t i = 0; i < count; ++i) {
      forward.add(i, execute(plan, i, {}));
      backward.add(count - 1 - i, execute(plan, count - 1 - i, {}));
    }
    CHECK(to_json(forward.result()) == to_json(backward.result()));

    // What a merger keeps is enough to go on with.
    Merger restored(plan);
    for (std::size_t i = 0; i < count; ++i) {
      restored.add(i, i % 2 == 0 ? forward.values(i) : backward.values(i));
    }
    CHECK(to_json(restored.result()) == to_json(forward.result()));

    Merger without(plan);
    for (std::size_t i = 1; i < count; ++i) {
      without.add(i, execute(plan, i, {}));
    }
    const Result partial = without.result();
    CHECK(partial.items_done + 1 == partial.items);
    CHECK_FALSE(partial.curves[0].points[0].metrics[0].has_value());
    CHECK_THROWS_AS(without.add(0, std::vector<double>(3)), Error);
  }
}

TEST_CASE("the sphere's covariance by draws agrees with the exact one within its error",
          "[experiment][moments][statistics]") {
  const Spec spec =
      parse_spec(R"({"experiment": "moments", "law": {"type": "sphere", "dimension": 6, "radius": 2},
    "attention": {"horizons": 3}, "sampled_reference": {"draws": 200000}, "tokens": 10})");
  const AttentionForm& form = spec.attention.heads.front().form;
  const Matrix exact = transformed_moments(*spec.law, form).covariance;
  const Matrix sampled = sampled_sphere_covariance(spec, form);
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
    const Plan plan = plan_of(R"({"experiment": "moments", "law": )" + law + R"(, "attention": )" +
                              attention + R"(, "tokens": [700], "replicates": 1})");
    return execute(plan, 0, {});
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
  CHECK_NOTHROW(Plan(parse_spec(with_setting(big, "queries", R"({"count": 1000})")), 1e7));
  CHECK_NOTHROW(Plan(parse_spec(with_setting(big, "queries", R"({"quadrature": 10})")), 1e7));
  CHECK_THROWS_AS(Plan(parse_spec(big), 1e12), Error);
}

// Theory section 6: averaging the queries exactly, slopes of the mean error over n = 1e3 .. 1e7 are -.27, -.24, -.136 at
// H = 1.5, 2, 3, and those of the covariance -.245, -.215, -.105. Here the first two decades of that.
TEST_CASE("theory section 6: slopes with the queries averaged exactly", "[experiment][moments][statistics]") {
  const Plan plan =
      plan_of(R"({"experiment": "moments", "seed": 5, "law": {"type": "gaussian", "dimension": 1},
    "attention": {"horizons": [0.5, 2, 3]}, "queries": {"quadrature": 200},
    "tokens": {"from": 1000, "to": 100000, "count": 5, "nested": true}, "replicates": 100})");
  Merger merger(plan);
  add_all(merger, plan);
  const Result result = merger.result();
  const double mean_slopes[] = {-0.5, -0.268, -0.155};
  for (std::size_t curve = 0; curve < result.curves.size(); ++curve) {
    const double slope = result.curves[curve].fit[0]->slope;
    // The table's own statistical error is .02 to .04.
    const double error = std::hypot(slope_standard_error(result.curves[curve], 0), 0.03);
    CHECK(std::abs(slope - mean_slopes[curve]) < 3 * error);
  }
}
