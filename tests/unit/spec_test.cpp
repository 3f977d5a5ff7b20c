#include "asymptoken/spec.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "asymptoken/error.hpp"

using namespace asymptoken;
using Json = nlohmann::ordered_json;

namespace {

const std::string small = R"({"experiment": "moments", "law": {"type": "gaussian", "dimension": 2},
 "attention": {"horizons": [0.5, 1]}, "tokens": [10, 20], "replicates": 3})";

std::string sentence(const std::string& json) {
  try {
    parse_spec(json);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

/// The sentence about `small` with one setting changed.
std::string sentence(std::string_view path, std::string_view value) {
  return sentence(with_setting(small, path, value));
}

}  // namespace

TEST_CASE("a spec is completed with every default", "[spec]") {
  const Spec spec = parse_spec(small);
  const Json document = Json::parse(spec.json);
  CHECK(document["schema"] == 1);
  CHECK(document["seed"] == 42);
  CHECK(document["deterministic"] == false);
  CHECK(document["law"]["covariance"] == 1.0);
  CHECK(document["law"]["mean"] == 0.0);
  CHECK(document["attention"]["weights"] == "random");
  CHECK(document["queries"] == "tokens");
  CHECK(document["tokens"] == Json::array({10, 20}));
  CHECK(parse_spec(spec.json).json == spec.json);
  CHECK(parse_spec(with_setting(small, "law.covariance", "1.0")).json == spec.json);
}

TEST_CASE("built-in specs are complete documents", "[spec]") {
  for (const BuiltinSpec& builtin : builtin_specs()) {
    INFO(builtin.name);
    CHECK_NOTHROW(parse_spec(builtin.json));
    CHECK(builtin_spec(builtin.name).json == builtin.json);
  }
  CHECK_THROWS_AS(builtin_spec("nonsense"), Error);
}

TEST_CASE("every law is read from its spec", "[spec]") {
  const auto law_of = [](const std::string& law) { return parse_spec(with_setting(small, "law", law)); };
  const std::string given[] = {
      R"({"type": "gaussian", "dimension": 2, "mean": [1, 2], "covariance": 0.5})",
      R"({"type": "gaussian_mixture", "dimension": 2, "components": [{"mean": [1, 0], "covariance": 0.5}, {"weight": 3}]})",
      R"({"type": "sphere", "dimension": 2, "radius": 2})",
      R"({"type": "ball", "dimension": 2, "radius": 2})",
      R"({"type": "box", "dimension": 2, "half_widths": [1, 2]})",
      R"({"type": "two_point", "dimension": 2, "low": 0, "probability": [0.25, 0.5]})",
      R"({"type": "points", "dimension": 2, "points": [[0, 1], [2, 3], [4, 4]], "weights": [1, 2, 1]})",
      R"({"type": "autoregressive", "dimension": 2, "covariance": 0.5, "correlation": 0.9})"};
  CHECK(std::size(given) == laws().size());
  for (std::size_t i = 0; i < std::size(given); ++i) {
    INFO(given[i]);
    const Spec spec = law_of(given[i]);
    CHECK(spec.law->name() == laws()[i].name);
    CHECK(spec.law->dimension() == 2);
    CHECK(parse_spec(spec.json).json == spec.json);
  }
  const Json mixture = Json::parse(law_of(given[1]).json)["law"];
  CHECK(mixture["components"][0] == Json{{"weight", 1}, {"mean", {1, 0}}, {"covariance", 0.5}});
  CHECK(mixture["components"][1] == Json{{"weight", 3}, {"mean", 0}, {"covariance", 1}});
  CHECK(law_of(given[1]).law->mean() == Vector{{0.25, 0.0}});
  CHECK(law_of(given[3]).law->covariance() == Matrix::Identity(2, 2));
  CHECK(law_of(given[5]).law->mean() == Vector{{0.25, 0.5}});
  CHECK(law_of(given[6]).law->mean() == Vector{{2.0, 2.75}});
}

TEST_CASE("bad laws are refused in one sentence", "[spec]") {
  const auto refusal = [](const std::string& law) { return sentence("law", law); };
  CHECK(refusal(R"({"type": "gaussian_mixture", "dimension": 2})") ==
        "law.components is missing; expected a list of objects");
  CHECK(refusal(R"({"type": "gaussian_mixture", "dimension": 2, "components": []})") ==
        "law.components is []; expected a list of objects");
  CHECK(refusal(R"({"type": "gaussian_mixture", "dimension": 2, "components": [{}, 3]})") ==
        "law.components[1] is 3; expected an object");
  CHECK(refusal(R"({"type": "gaussian_mixture", "dimension": 2, "components": [{"mean": [1, 2, 3]}]})") ==
        "law.components[0].mean is a list of 3; expected a finite number or a list of 2 of them");
  CHECK(refusal(R"({"type": "gaussian_mixture", "dimension": 2, "components": [{}, {"typo": 1}]})") ==
        "law.components[1].typo is 1; expected no such field here, only weight, mean, covariance");
  CHECK(refusal(R"({"type": "gaussian_mixture", "dimension": 2, "components": [{"covariance": -1}]})")
            .starts_with("law.components[0].covariance is not positive definite"));
  CHECK(
      refusal(R"({"type": "ball", "dimension": 2, "radius": -1})").starts_with("law.radius is -1; expected"));
  CHECK(refusal(R"({"type": "box", "dimension": 2, "half_widths": [1]})") ==
        "law.half_widths is a list of 1; expected a finite number or a list of 2 of them");
  CHECK(refusal(R"({"type": "two_point", "dimension": 2, "low": 1})") ==
        "law.low is 1; expected less than law.high, 1");
  CHECK(refusal(R"({"type": "points", "dimension": 2, "points": [[1, 2], [3]]})") ==
        "law.points is [[1,2],[3]]; expected a list of lists of 2 finite numbers");
  CHECK(refusal(R"({"type": "points", "dimension": 2, "points": [[1, 2]], "weights": [1, 1]})") ==
        "law.weights is a list of 2; expected a finite number or a list of 1 of them");
}

TEST_CASE("heads have the horizons that were asked for", "[spec]") {
  const Spec spec = parse_spec(small);
  REQUIRE(spec.attention.heads.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const Head& head = spec.attention.heads[i];
    const double expected = i == 0 ? 0.5 : 1.0;
    CHECK(std::abs(head.horizon - expected) < 1e-12);
    CHECK(std::abs(horizon(spec.law->covariance(), head.form.A) - expected) < 1e-12);
  }
}

TEST_CASE("attention may be given by numbers", "[spec]") {
  const Spec spec = parse_spec(with_setting(small, "attention.matrix", "[[1, 2], [3, 4]]"));
  CHECK(spec.attention.heads.front().form.A == Matrix{{1.0, 2.0}, {3.0, 4.0}});
  CHECK(spec.attention.heads.front().form.V == Matrix::Identity(2, 2));
  const Spec tall = parse_spec(with_setting(with_setting(small, "attention.matrix", "2"), "attention.value",
                                            "[[1, 0], [0, 1], [1, 1]]"));
  CHECK(tall.attention.V.rows() == 3);
  CHECK(tall.attention.heads.front().form.A == 2 * Matrix::Identity(2, 2));
}

TEST_CASE("weights depend on their seed alone", "[spec]") {
  const Matrix first = parse_spec(small).attention.base;
  CHECK(parse_spec(with_setting(small, "seed", "1")).attention.base == first);
  CHECK(parse_spec(with_setting(small, "attention.seed", "8")).attention.base != first);
}

TEST_CASE("tokens may be nested", "[spec]") {
  CHECK_FALSE(parse_spec(small).nested);
  const std::string grid = R"({"from": 10, "to": 40, "count": 3})";
  const Spec plain = parse_spec(with_setting(small, "tokens", grid));
  CHECK(plain.tokens == std::vector<std::int64_t>{10, 20, 40});
  CHECK_FALSE(plain.nested);
  CHECK(Json::parse(plain.json)["tokens"]["nested"] == false);
  const Spec nested = parse_spec(with_setting(plain.json, "tokens.nested", "true"));
  CHECK(nested.tokens == plain.tokens);
  CHECK(nested.nested);
  const Spec list = parse_spec(with_setting(small, "tokens", R"({"list": [10, 20, 40], "nested": true})"));
  CHECK(list.tokens == plain.tokens);
  CHECK(list.nested);
  CHECK(parse_spec(list.json).json == list.json);
  CHECK_FALSE(parse_spec(with_setting(small, "tokens", R"({"list": [10, 20]})")).nested);
}

TEST_CASE("settings replace one value, and alternatives drop each other", "[spec]") {
  CHECK(Json::parse(with_setting(small, "law.dimension", "5"))["law"]["dimension"] == 5);
  CHECK(Json::parse(with_setting(small, "law.type", "sphere"))["law"]["type"] == "sphere");
  CHECK(Json::parse(with_setting(small, "attention.scales", "3"))["attention"] == Json{{"scales", 3}});
  CHECK(Json::parse(with_setting(small, "attention.matrix", "1"))["attention"] == Json{{"matrix", 1}});
  CHECK_THROWS_WITH(with_setting(small, "tokens.from", "5"),
                    "tokens is [10,20]; expected an object, because tokens.from is to be set in it");
  CHECK_THROWS_AS(with_setting(small, "tokens..from", "5"), Error);
}

TEST_CASE("bad specs are refused in one sentence", "[spec]") {
  CHECK(sentence("{") == "spec is `{`; expected JSON");
  CHECK(sentence("[]") == "spec is []; expected an object");
  CHECK(sentence("law.dimension", "-3") == "law.dimension is -3; expected an integer from 1 to 65536");
  CHECK(sentence("law.dimension", "2.5") == "law.dimension is 2.5; expected an integer from 1 to 65536");
  CHECK(sentence("law.typo", "1") ==
        "law.typo is 1; expected no such field here, only type, dimension, mean, covariance");
  CHECK(
      sentence("law.type", "cauchy") ==
      R"(law.type is "cauchy"; expected one of gaussian, gaussian_mixture, sphere, ball, box, two_point, points, autoregressive)");
  CHECK(
      sentence("law.covariance", "NaN") ==
      R"(law.covariance is "NaN"; expected a finite number, a list of 2 (the diagonal) or 2 rows of 2 finite numbers)");
  CHECK(sentence("law.covariance", "[[1, null], [0, 1]]").starts_with("law.covariance is null; expected"));
  CHECK(sentence("law.covariance", "[[1, 2], [2, 1]]").starts_with("law.covariance is"));
  CHECK(sentence("law.covariance", "[[1, 2], [2, 1]]").find("positive definite") != std::string::npos);
  CHECK(sentence("law.covariance", "-1").find("positive definite") != std::string::npos);
  CHECK(sentence("law.covariance", "[[1, 0.5], [0, 1]]").find("symmetric") != std::string::npos);
  CHECK(sentence("law.covariance", "[1, 2, 3]").starts_with("law.covariance is a list of 3; expected"));
  CHECK(sentence("law.covariance", "[[1, 2]]").starts_with("law.covariance is 1 rows; expected"));
  CHECK(sentence("law.mean", "[1]").starts_with("law.mean is a list of 1; expected"));
  CHECK(sentence("tokens", "-5").starts_with("tokens is -5; expected"));
  CHECK(sentence("tokens", "[10, 10]").starts_with("tokens is 10; expected"));
  CHECK(sentence("tokens", R"({"from": 10, "to": 5, "count": 3})") ==
        "tokens.to is 5; expected an integer from 10 to 1000000000000");
  CHECK(sentence("tokens", R"({"from": 1, "to": 4, "count": 12})")
            .starts_with("tokens.count is 12; expected so few"));
  CHECK(
      sentence("tokens", R"("few")") ==
      R"(tokens is "few"; expected {"from", "to", "count"}, an ascending list, or an integer from 1 to 1000000000000)");
  CHECK(sentence("tokens", R"({"from": 1, "to": 40, "count": 3, "nested": 1})") ==
        "tokens.nested is 1; expected true or false");
  CHECK(sentence("tokens", R"({"from": 1, "to": 40, "count": 3, "nest": true})") ==
        "tokens.nest is true; expected no such field here, only from, to, count, nested");
  CHECK(sentence("tokens", R"({"list": [20, 10], "nested": true})") ==
        "tokens.list is 10; expected an ascending list, or an integer from 1 to 1000000000000");
  CHECK(sentence("tokens", R"({"list": [10, 20], "count": 2})") ==
        "tokens.count is 2; expected no such field here, only list, nested");
  CHECK(sentence("tokens", R"({"nested": true})").starts_with("tokens.from is missing; expected"));
  CHECK(sentence("replicates", "0") == "replicates is 0; expected an integer from 1 to 1000000");
  CHECK(sentence("seed", "-1") == "seed is -1; expected an integer from 0 to 9007199254740991");
  CHECK(sentence("deterministic", "1") == "deterministic is 1; expected true or false");
  CHECK(sentence("schema", "2") == "schema is 2; expected an integer from 1 to 1");
  CHECK(sentence("experiment", "magic").starts_with(R"(experiment is "magic"; expected one of)"));
  CHECK(sentence("attention", "{}").starts_with("attention.scales is missing; expected"));
  CHECK(sentence("attention.horizons", "[1, 0.5]").starts_with("attention.horizons is 0.5; expected"));
  CHECK(sentence("attention.matrix", "[[1]]").starts_with("attention.matrix is 1 rows; expected"));
  CHECK(sentence("queries", R"({"count": 0})") ==
        "queries.count is 0; expected an integer from 1 to 1000000000");
  CHECK(sentence("queries", "everything") ==
        R"(queries is "everything"; expected tokens, {"count": m}, {"quadrature": m} or {"input": NAME})");
}
