#include <catch_amalgamated.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "arbitrary.hpp"
#include "asymptoken/error.hpp"
#include "run_experiment.hpp"

// Results of schema 1, which said less of themselves: they are read as those of the latest.

using namespace asymptoken;
using Json = nlohmann::ordered_json;

namespace {

/// As `asymptoken run` of version 0.1.0 wrote it, but for line breaks.
const std::string kept =
    R"({"schema":1,"spec":{"schema":1,"experiment":"map","seed":3,"deterministic":true,"law":{"type":"gaussian",
 "dimension":2,"mean":0,"covariance":1},"attention":{"matrix":1,"value":1},"queries":{"radii":[1]},
 "tokens":[10,20,40],"replicates":2,"fit":{"weights":"inverse_variance","resamples":20}},"complete":true,
 "items":{"done":6,"total":6},"points_share_tokens":false,"metrics":["error"],
 "curves":[{"parameters":{"radius":1.0},"horizon":1.0,"points":[{"n":10,"error":{"mean":0.4438094502772931,
 "standard_deviation":0.5680365073079506,"count":2}},{"n":20,"error":{"mean":0.2855460525430018,
 "standard_deviation":0.037388587442656544,"count":2}},{"n":40,"error":{"mean":0.4705946622957471,
 "standard_deviation":0.23764987487861713,"count":2}}],"fit":{"error":{"slope":0.5206407358400343,
 "slope_se":0.4641322987497433,"intercept":-2.796612082904787,"intercept_se":1.4099070394228923,"points":3,
 "bootstrap":{"low":0.5206407358400343,"high":0.5206407358400343,"standard_error":0.0}}},
 "predicted":[{"metric":"error","quantity":"slope","name":"central limit","value":-0.5,"status":"derived",
 "formula":"-1/2"},{"metric":"error","quantity":"constant","name":"asymptotic constant",
 "value":2.5127145563610855,"status":"derived","formula":"E|N(0, S(x))|"}]}],
 "provenance":{"version":"0.1.0","target":"native","simd":"avx512","wall_seconds":0.000276633}})";

/// A result as schema 1 had it.
std::string in_first_schema(const Result& result) {
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  Json document = {{"schema", 1},
                   {"spec", Json::parse(result.spec_json)},
                   {"complete", result.items_done == result.items},
                   {"items", {{"done", result.items_done}, {"total", result.items}}},
                   {"points_share_tokens", result.points_share_tokens},
                   {"metrics", Json::array()},
                   {"curves", Json::array()},
                   {"provenance",
                    {{"version", result.provenance.version},
                     {"target", result.provenance.target},
                     {"simd", result.provenance.simd},
                     {"wall_seconds", result.provenance.wall_seconds}}}};
  for (const Metric& metric : result.metrics) {
    document["metrics"].push_back(metric.id);
  }
  for (const Curve& curve : result.curves) {
    Json& entry = document["curves"].emplace_back();
    entry["parameters"] = Json::object();
    entry["horizon"] = number(::asymptoken::number(result, curve, "horizon"));
    for (const Point& point : curve.points) {
      Json& at = entry["points"].emplace_back();
      at["n"] = point.n;
      for (std::size_t m = 0; m < result.metrics.size(); ++m) {
        // What was measured and not defined was no number.
        const Estimate estimate =
            point.metrics[m].value_or(Estimate{.mean = NAN, .standard_deviation = NAN, .count = 3});
        at[result.metrics[m].id] = {{"mean", number(estimate.mean)},
                                    {"standard_deviation", number(estimate.standard_deviation)},
                                    {"count", estimate.count}};
      }
    }
    for (std::size_t m = 0; m < result.metrics.size(); ++m) {
      Json& fit = entry["fit"][result.metrics[m].id];
      if (const auto& line = curve.fits[m]) {
        fit = {{"slope", number(line->slope)},
               {"slope_se", number(line->slope_standard_error)},
               {"intercept", number(line->intercept)},
               {"intercept_se", number(line->intercept_standard_error)},
               {"points", line->points}};
        if (const auto& interval = curve.intervals[m]) {
          fit["bootstrap"] = {{"low", number(interval->low)},
                              {"high", number(interval->high)},
                              {"standard_error", number(interval->standard_error)}};
        }
      }
    }
    entry["predicted"] = Json::array();
    for (const Prediction& prediction : curve.predictions) {
      entry["predicted"].push_back({{"metric", prediction.metric},
                                    {"quantity", name_of(prediction.quantity)},
                                    {"name", prediction.title},
                                    {"value", number(prediction.value)},
                                    {"status", name_of(prediction.status)},
                                    {"formula", prediction.formula}});
    }
  }
  return document.dump();
}

}  // namespace

TEST_CASE("a kept result of schema 1 is read", "[result]") {
  CHECK_THROWS_AS(parse_result(kept), Error);
  const Result result = read_result(kept);
  CHECK(result.title == "map: gaussian tokens, d = 2, 2 replicates, seed 3");
  CHECK(result.items_done == 6);
  CHECK(result.items == 6);
  CHECK(result.provenance.target == "native");
  REQUIRE(result.curves.size() == 1);
  const Curve& curve = result.curves[0];
  CHECK(number(result, curve, "radius") == 1);
  CHECK(number(result, curve, "horizon") == Catch::Approx(1));
  REQUIRE(curve.points.size() == 3);
  CHECK(curve.points[1].n == 20);
  CHECK(curve.points[1].metrics[0]->mean == 0.2855460525430018);
  CHECK(curve.points[1].metrics[0]->standard_deviation == 0.037388587442656544);
  CHECK(curve.points[1].metrics[0]->count == 2);
  CHECK(curve.fits[0]->slope == 0.5206407358400343);
  CHECK(curve.fits[0]->intercept_standard_error == 1.4099070394228923);
  CHECK(curve.intervals[0]->standard_error == 0.0);
  REQUIRE(curve.predictions.size() == 2);
  CHECK(curve.predictions[0].id == "central_limit");
  CHECK(curve.predictions[1].id == "asymptotic_constant");
  CHECK(curve.predictions[1].quantity == Quantity::constant);
  CHECK(curve.predictions[1].value == 2.5127145563610855);
  CHECK(curve.predictions[1].exponent == -0.5);
  CHECK(to_json(read_result(to_json(result))) == to_json(result));
}

TEST_CASE("of every experiment, a result of schema 1 says what the same in schema 2 does", "[result]") {
  for (
      const char* spec :
      {R"({"experiment": "map", "law": {"type": "gaussian", "dimension": 2}, "attention": {"matrix": 1},
            "queries": {"radii": [0.5, 1]})",
       R"({"experiment": "moments", "law": {"type": "gaussian", "dimension": 2}, "attention": {"horizons": [0.5, 2]},
            "sampled_reference": {"tokens": 60})",
       R"({"experiment": "moments", "law": {"type": "sphere", "dimension": 3}, "attention": {"scales": [1, 1e6]},
            "sampled_reference": {"draws": 60})",
       R"({"experiment": "moments", "law": {"type": "ball", "dimension": 2},
            "attention": {"matrix": 1, "supports": [1, 2]})",
       R"({"experiment": "uniform", "law": {"type": "gaussian", "dimension": 1}, "attention": {"matrix": 1},
            "ball": {"radii": [0.5, 1], "starts": 2})",
       R"({"experiment": "hardmax", "law": {"type": "sphere", "dimension": 3}, "attention": {"matrix": 1},
            "query": {"radius": 1}, "temperatures": [0, 1])",
       R"({"experiment": "hardmax", "law": {"type": "two_point", "dimension": 1}, "attention": {"matrix": 1},
            "query": {"radius": 1}, "temperatures": [0, 1])",
       R"({"experiment": "hardmax", "law": {"type": "box", "dimension": 2}, "attention": {"matrix": [[1, 0.3], [0, 1]]},
            "query": {"radius": 1}, "temperatures": [0, 3], "temperature_unit": "logarithmic")",
       R"({"experiment": "hardmax", "law": {"type": "gaussian", "dimension": 1}, "attention": {"matrix": 1},
            "query": {"radius": 1}, "temperatures": [0, 0.5, 2], "temperature_unit": "critical")",
       R"({"experiment": "window", "law": {"type": "gaussian", "dimension": 1}, "attention": {"horizons": 0.5},
            "context": 50, "random": 2)"}) {
    INFO(spec);
    Result result =
        run(std::string(spec) + R"(, "tokens": [10, 20, 40], "replicates": 3, "fit": {"resamples": 20}})");
    // A description, and no predictions, is all that an old result is completed with.
    for (Trend& trend : result.trends) {
      trend.lines.clear();
    }
    // Schema 1 did not say how many resamples counted.
    for (Curve& curve : result.curves) {
      for (auto& interval : curve.intervals) {
        if (interval) {
          interval->resamples = 0;
        }
      }
    }
    const bool are_same = to_json(read_result(in_first_schema(result))) == to_json(result);
    CHECK(are_same);
  }
}

TEST_CASE("what is no result of any schema is refused in one sentence", "[result]") {
  CHECK(sentence([] { read_result("nonsense"); }) == "result is `nonsense`; expected JSON");
  CHECK(sentence([] { read_result("[]"); }) ==
        "result is []; expected an object with schema, spec, metrics and curves, as `run` writes it");
  CHECK(sentence([] {
          read_result(R"({"schema": 1, "curves": []})");
        }).starts_with("result is not a complete result ("));
  Json document = Json::parse(kept);
  document["curves"].push_back(document["curves"][0]);
  CHECK(sentence([&] { read_result(document.dump()); }) == "curves is 2; expected 1, as the spec has it");
  document = Json::parse(kept);
  document["spec"]["law"]["type"] = "cauchy";
  CHECK(sentence([&] {
          read_result(document.dump());
        }).starts_with(R"(law.type is "cauchy"; expected one of)"));
  document = Json::parse(kept);
  document["curves"][0]["points"].erase(2);
  CHECK_THROWS_AS(read_result(document.dump()), Error);
  document["schema"] = 3;
  CHECK(sentence([&] { read_result(document.dump()); }) == "schema is 3; expected an integer from 2 to 2");
}
