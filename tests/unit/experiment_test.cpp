#include "asymptoken/experiment.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>

#include "arbitrary.hpp"
#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "by_definition.hpp"
#include "run_experiment.hpp"

using namespace asymptoken;

namespace {

const std::string moments = R"({"experiment": "moments", "seed": 9,
 "law": {"type": "gaussian", "dimension": 3, "mean": [0.5, 0, -1], "covariance": [[1, 0.2, 0], [0.2, 0.7, 0], [0, 0, 1.3]]},
 "attention": {"horizons": [0.3, 0.8]}, "tokens": [40, 5000], "replicates": 2})";

const std::string map = R"({"experiment": "map",
 "law": {"type": "gaussian", "dimension": 2, "covariance": 0.5}, "attention": {"matrix": [[1, 0.5], [0, 1]]},
 "queries": {"points": [[1, 0], [0.3, -0.7]]}, "tokens": [50, 6000], "replicates": 3})";
const Vector queries_of_map[] = {Vector{{1.0, 0.0}}, Vector{{0.3, -0.7}}};

// Points inside one block of queries, inside one step over the keys, and beyond several of either.
const std::string nested = R"({"list": [40, 90, 100, 1500, 2100, 5000], "nested": true})";
const std::string nested_moments = with_setting(moments, "tokens", nested);
const std::string nested_fresh = with_setting(nested_moments, "queries", R"({"count": 200})");
const std::string nested_map = with_setting(map, "tokens", nested);

}  // namespace

TEST_CASE("what moments predicts depends on the law's tails", "[experiment]") {
  const auto slopes_of = [](const std::string& law) {
    std::vector<std::string> ids;
    const auto job = job_of(with_setting(moments, "law", law));
    for (const Prediction& prediction : job->outline().curves.front().predictions) {
      if (prediction.metric == "mean" && prediction.quantity == Quantity::slope) {
        ids.push_back(prediction.id);
      }
    }
    return ids;
  };
  using Ids = std::vector<std::string>;
  CHECK(slopes_of(R"({"type": "gaussian", "dimension": 2})") == Ids{"reference_rate", "gaussian_rate"});
  CHECK(slopes_of(R"({"type": "box", "dimension": 2})") == Ids{"reference_rate", "compact_support_rate"});
  CHECK(slopes_of(R"({"type": "gaussian_mixture", "dimension": 2, "components": [{"mean": 1}, {}]})") ==
        Ids{"reference_rate"});
}

TEST_CASE("map measures the distance to the limit map", "[experiment]") {
  for (const std::string& json : {map, nested_map}) {
    const auto job = job_of(json);
    const AttentionForm& form = job->spec().attention.heads.front().form;
    for (std::size_t i = 0; i < job->replicate_count(); ++i) {
      const Item& item = job->replicate(i);
      const Rows<double> tokens = by_definition::tokens(job->spec(), item);
      const std::vector<double> values = execute(*job, i);
      REQUIRE(values.size() == 2 * item.points);
      for (std::size_t k = 0; k < values.size(); ++k) {
        const Rows<double> keys = tokens.topRows(job->spec().tokens[item.first_point + k / 2]);
        const Vector& query = queries_of_map[k % 2];
        const Rows<double> out = by_definition::outputs(query.transpose(), keys, form);
        const Vector gamma = map_limit(*job->spec().law, form, query).gamma;
        CHECK(values[k] == Catch::Approx((out.row(0).transpose() - gamma).norm()).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("nested points cost what the largest of them costs", "[experiment]") {
  for (const std::string& json : {nested_moments, nested_fresh, nested_map}) {
    const auto job = job_of(json);
    CHECK(job->replicate_count() == static_cast<std::size_t>(job->spec().replicates));
    const auto largest = job_of(with_setting(json, "tokens", "5000"));
    CHECK(job->total_work() == largest->total_work());
  }
}

TEST_CASE("how an item is sliced does not move a bit", "[experiment]") {
  for (const std::string& json : {moments, map, nested_moments, nested_fresh, nested_map}) {
    const auto job = job_of(json);
    for (std::size_t item = 0; item < job->replicate_count(); ++item) {
      const auto sliced = start(*job, item);
      double before = 0;
      while (!sliced->advance(1000)) {
        CHECK(sliced->fraction_done() >= before);
        CHECK(sliced->fraction_done() < 1);
        before = sliced->fraction_done();
        CHECK_THROWS_AS(sliced->values(), Error);
      }
      CHECK(sliced->fraction_done() == 1);
      CHECK(sliced->values() == execute(*job, item));
    }
  }
}

TEST_CASE("merging is indifferent to the order of arrival", "[experiment]") {
  const auto forward = job_of(moments);
  const auto backward = job_of(moments);
  const std::size_t count = forward->replicate_count();
  for (std::size_t item = 0; item < count; ++item) {
    forward->add(item, execute(*forward, item));
    backward->add(count - 1 - item, execute(*backward, count - 1 - item));
    backward->add(count - 1 - item, std::vector<double>(4, 1e9));  // a second arrival changes nothing
  }
  CHECK(to_json(forward->result()) == to_json(backward->result()));
  CHECK(forward->work_done() == Catch::Approx(forward->total_work()));
  CHECK_THROWS_AS(forward->add(count, std::vector<double>(4)), Error);
  CHECK_THROWS_AS(forward->add(0, std::vector<double>(3)), Error);
}

TEST_CASE("estimates are means and sample standard deviations over replicates", "[experiment]") {
  const auto job = job_of(map);
  const double samples[] = {1.0, 2.0, 6.0};
  for (std::size_t item = 0; item < job->replicate_count(); ++item) {
    const double value = samples[job->replicate(item).replicate];
    job->add(item, std::vector<double>{value, 10 * value});
  }
  const Result result = job->result();
  const Estimate estimate = result.curves[1].points[0].metrics[0].value();
  CHECK(estimate.mean == Catch::Approx(30.0));
  CHECK(estimate.standard_deviation == Catch::Approx(std::sqrt(700.0)));
  CHECK(estimate.count == 3);
  CHECK(estimate.standard_error() == Catch::Approx(std::sqrt(700.0 / 3)));
}

TEST_CASE("values of a nested item go to their points, and the fit knows that these share tokens",
          "[experiment]") {
  const auto job = job_of(nested_moments);
  const std::vector<std::int64_t>& tokens = job->spec().tokens;
  const double deviations[] = {0.1, -0.1};
  for (std::size_t item = 0; item < job->replicate_count(); ++item) {
    std::vector<double> values;
    for (const std::int64_t n : tokens) {
      for (const double constant : {1.0, 2.0, 3.0, 4.0}) {
        const double deviation = deviations[job->replicate(item).replicate];
        values.push_back(constant / static_cast<double>(n) * (1 + deviation));
      }
    }
    job->add(item, values);
  }
  const Result result = job->result();
  CHECK(result.points_share_tokens);
  for (std::size_t k = 0; k < 4; ++k) {
    const Curve& curve = result.curves[k / 2];
    const double constant = static_cast<double>(k + 1);
    for (std::size_t point = 0; point < tokens.size(); ++point) {
      const Estimate estimate = curve.points[point].metrics[k % 2].value();
      CHECK(estimate.mean == Catch::Approx(constant / static_cast<double>(tokens[point])));
      CHECK(estimate.count == 2);
    }
    const PowerLawFit fit = curve.fits[k % 2].value();
    CHECK(fit.slope == Catch::Approx(-1.0));
    // All points go up and down together: they move the line, and do not turn it. Their scatter about it is none.
    CHECK(fit.slope_standard_error < 1e-12);
    CHECK(fit.intercept_standard_error == Catch::Approx(0.1));
  }
}

TEST_CASE("a partial result says so", "[experiment]") {
  const auto job = job_of(map);
  const Result empty = job->result();
  CHECK(empty.items_done == 0);
  CHECK_FALSE(empty.curves[0].points[0].metrics[0].has_value());
  CHECK_FALSE(empty.curves[0].fits[0].has_value());
  const Result back = parse_result(to_json(empty));
  CHECK(to_json(back) == to_json(empty));
}

TEST_CASE("results survive being written and read", "[experiment]") {
  for (const std::string& json : {moments, nested_moments}) {
    const Result result = run(json);
    CHECK(to_json(parse_result(to_json(result))) == to_json(result));
  }
  CHECK_THROWS_AS(parse_result("{}"), Error);
  CHECK_THROWS_AS(parse_result("nonsense"), Error);
  CHECK_THROWS_AS(parse_result(R"({"schema": 1, "curves": []})"), Error);
}

TEST_CASE("the slope of the mean error at H = 1/2 is -1/2", "[experiment][statistics]") {
  const Result result = run(R"({"experiment": "moments", "law": {"type": "gaussian", "dimension": 2},
    "attention": {"horizons": 0.5}, "tokens": {"from": 100, "to": 3200, "count": 6}, "replicates": 200})");
  const PowerLawFit fit = result.curves[0].fits[0].value();
  CHECK(fit.slope_standard_error < 0.05);
  // Three standard errors, with few degrees of freedom: a right program fails for about one seed in thirty.
  CHECK(std::abs(fit.slope + 0.5) < 3 * std::max(fit.slope_standard_error, 0.01));
}

TEST_CASE("the error of the map approaches its asymptotic constant", "[experiment][statistics]") {
  const Result result = run(R"({"experiment": "map", "law": {"type": "sphere", "dimension": 3, "radius": 1.5},
    "attention": {"matrix": 1}, "queries": {"radii": [0.5, 1]}, "tokens": [20000], "replicates": 400})");
  for (const Curve& curve : result.curves) {
    const Estimate error = curve.points[0].metrics[0].value();
    const double constant = curve.predictions[1].value;
    // Four standard errors of 400 replicates; the next order, 1/n, is far below.
    CHECK(std::abs(error.mean * std::sqrt(20000.0) - constant) <
          4 * error.standard_error() * std::sqrt(20000.0));
  }
}

TEST_CASE("without fused operations the target does not matter", "[experiment]") {
  for (const std::string& json : {moments, map, nested_moments, nested_fresh, nested_map}) {
    const auto job = job_of(with_setting(json, "deterministic", "true"));
    const std::vector<double> first = execute(*job, 1);
    for (const SimdTarget target : available_simd_targets()) {
      CHECK(execute(*job, 1, {.target = target}) == first);
    }
  }
}

TEST_CASE("work that would not fit in memory is refused with the amount", "[experiment]") {
  const ExperimentJob job(parse_spec(with_setting(moments, "tokens", "1000000000000")));
  CHECK(sentence([&] { job.items_that_fit(8e9); }) ==
        "tokens is 1000000000000; expected so few tokens that one replicate fits in 8.0 GB of memory: it "
        "would need 36.0 TB");
  // As many at once as there is memory for.
  CHECK(job.items_that_fit(3.6e13 + 1e6) == 1);
  CHECK(job.items_that_fit(7.2e13 + 1e6) == 2);
}

TEST_CASE("closed forms are available without running", "[experiment]") {
  for (const std::string& json : {moments, map}) {
    const std::string text = limit_json(parse_spec(json));
    CHECK(text.find("\"horizon\"") != std::string::npos);
    CHECK(text.find("\"status\": \"derived\"") != std::string::npos);
  }
}
