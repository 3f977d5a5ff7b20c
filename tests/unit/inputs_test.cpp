#include <catch_amalgamated.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "arbitrary.hpp"
#include "by_definition.hpp"
#include "run_experiment.hpp"
#include "stored_array.hpp"

// Specs that ask for arrays: {"input": NAME} where a document could have the numbers.

using namespace asymptoken;
using Json = nlohmann::ordered_json;

namespace {

const Rows<double> tokens = 2 * arbitrary(7, 3, 1);
const Rows<double> token_weights = arbitrary(7, 1, 2).array() + 0.6;
const Rows<double> head_matrix = 3 * arbitrary(3, 3, 3);
const Rows<double> value_matrix = arbitrary(2, 3, 4);
const Rows<double> queries = arbitrary(5, 3, 5);

Json json_of(const Rows<double>& rows) {
  Json list = Json::array();
  for (const auto& row : rows.rowwise()) {
    list.push_back(std::vector<double>(row.begin(), row.end()));
  }
  return list;
}

/// A list of numbers, where one is expected.
Json list_of(const Rows<double>& column) {
  return std::vector<double>(column.data(), column.data() + column.size());
}

Json input(const char* name) { return {{"input", name}}; }

/// The arrays above in memory.
struct Memory {
  explicit Memory(NumberType type = NumberType::float64, bool is_by_columns = false)
      : arrays{{"tokens", is_by_columns ? by_columns(tokens, type) : stored(tokens, type)},
               {"w", is_by_columns ? by_columns(token_weights, type) : Stored(token_weights, type, {7}, {})},
               {"A", is_by_columns ? by_columns(head_matrix, type) : stored(head_matrix, type)},
               {"V", is_by_columns ? by_columns(value_matrix, type) : stored(value_matrix, type)},
               {"x", is_by_columns ? by_columns(queries, type) : stored(queries, type)}} {}

  /// Those of these names.
  Inputs inputs(const std::vector<std::string>& names = {"tokens", "w", "A", "V", "x"}) const {
    Inputs given;
    for (const std::string& name : names) {
      arrays.at(name).give(given, name);
    }
    return given;
  }

  std::map<std::string, Stored> arrays;
};

/// `map` on weighted points that asks for all its numbers.
Json map_of_inputs() {
  return {{"experiment", "map"},
          {"seed", 5},
          {"law", {{"type", "points"}, {"points", input("tokens")}, {"weights", input("w")}}},
          {"attention", {{"matrix", input("A")}, {"value", input("V")}}},
          {"queries", input("x")},
          {"tokens", {50, 300, 5000}},
          {"replicates", 2}};
}

/// The same with the numbers, as that many bits hold them.
Json map_of_numbers(NumberType type = NumberType::float64) {
  const auto held = [&](const Rows<double>& rows) {
    return type == NumberType::float64 ? rows : Rows<double>(rows.cast<float>().cast<double>());
  };
  Json document = map_of_inputs();
  document["law"]["dimension"] = 3;
  document["law"]["points"] = json_of(held(tokens));
  document["law"]["weights"] = list_of(held(token_weights));
  document["attention"]["matrix"] = json_of(held(head_matrix));
  document["attention"]["value"] = json_of(held(value_matrix));
  document["queries"] = {{"points", json_of(held(queries))}};
  return document;
}

/// What an experiment finds, without where its numbers came from.
std::string found(const Spec& spec) {
  ExperimentJob job(spec);
  complete(job);
  Json result = Json::parse(to_json(job.result()));
  Json limit = Json::parse(job.limit_json());
  for (Json* document : {&result, &limit}) {
    document->erase("spec");
    document->erase("inputs");
  }
  return result.dump() + limit.dump();
}

std::string refusal(const Json& document, const Inputs& inputs) {
  return sentence([&] { parse_spec(document.dump(), inputs); });
}

}  // namespace

TEST_CASE("arrays beside a spec are the same as their numbers in it, bit for bit", "[inputs][map]") {
  for (const NumberType type : {NumberType::float64, NumberType::float32}) {
    const std::string expected = found(parse_spec(map_of_numbers(type).dump()));
    for (const bool is_by_columns : {false, true}) {
      const Memory memory(type, is_by_columns);
      CHECK(found(parse_spec(map_of_inputs().dump(), memory.inputs())) == expected);
    }
  }
}

TEST_CASE("moments, window, uniform and hardmax take their numbers from arrays too", "[inputs]") {
  const Memory memory;
  const struct {
    const char* experiment;
    Json keys;
    Json keys_of_numbers;
  } cases[] = {{"moments", {{"queries", "tokens"}}, {{"queries", "tokens"}}},
               {"window", {{"context", 60}, {"random", 3}}, {{"context", 60}, {"random", 3}}},
               {"uniform", {{"ball", {{"radii", {1, 2}}}}}, {{"ball", {{"radii", {1, 2}}}}}},
               {"hardmax",
                {{"query", {{"point", input("q")}}}, {"temperatures", {0, 0.5}}},
                {{"query", {{"point", list_of(queries.row(0).transpose())}}}, {"temperatures", {0, 0.5}}}}};
  for (const auto& [experiment, keys, keys_of_numbers] : cases) {
    INFO(experiment);
    Json with_inputs = map_of_inputs();
    Json with_numbers = map_of_numbers();
    for (Json* document : {&with_inputs, &with_numbers}) {
      (*document)["experiment"] = experiment;
      (*document)["tokens"] = {10, 40, 60};
      document->erase("queries");
      document->update(document == &with_inputs ? keys : keys_of_numbers);
    }
    Inputs inputs = memory.inputs({"tokens", "w", "A", "V"});
    const Stored query(queries.row(0).transpose(), NumberType::float64, {3}, {});
    if (std::string(experiment) == "hardmax") {
      query.give(inputs, "q");
    }
    CHECK(found(parse_spec(with_inputs.dump(), inputs)) == found(parse_spec(with_numbers.dump())));
  }
}

TEST_CASE("mean and covariance of a law may be arrays", "[inputs]") {
  const Rows<double> mean = arbitrary(3, 1, 6);
  const Rows<double> covariance = arbitrary_covariance(3, 7);
  Json document = map_of_numbers();
  document["law"] = {
      {"type", "gaussian"}, {"dimension", 3}, {"mean", list_of(mean)}, {"covariance", json_of(covariance)}};
  const std::string expected = found(parse_spec(document.dump()));
  document["law"]["mean"] = input("m");
  document["law"]["covariance"] = input("S");
  const Stored mean_memory(mean, NumberType::float64, {3}, {});
  const Stored covariance_memory = by_columns(covariance);
  Inputs inputs;
  mean_memory.give(inputs, "m");
  covariance_memory.give(inputs, "S");
  CHECK(found(parse_spec(document.dump(), inputs)) == expected);
}

TEST_CASE("moments averages over the queries that it is given", "[inputs][moments]") {
  // More than one block of queries, and more than one item of the limit.
  const Rows<double> many = arbitrary(1700, 3, 8).cast<float>().cast<double>();
  Json document = {{"experiment", "moments"},
                   {"law", {{"type", "gaussian"}, {"dimension", 3}, {"mean", {0.5, 0, -1}}}},
                   {"attention", {{"horizons", {0.3, 0.8}}}},
                   {"queries", input("x")},
                   {"tokens", {{"list", {40, 5000}}, {"nested", true}}},
                   {"replicates", 1}};
  const Stored memory = stored(many);
  Inputs inputs;
  memory.give(inputs, "x");
  const Spec spec = parse_spec(document.dump(), inputs);
  const auto job = job_of(spec);
  CHECK(job->preliminary_items() == 2);
  const std::vector<double> values = execute(*job, 0);
  const Rows<double> sampled = by_definition::tokens(spec, job->replicate(0));
  std::size_t next = 0;
  for (const std::int64_t n : spec.tokens) {
    for (const Head& head : spec.attention.heads) {
      Rows<double> outputs(many.rows(), head.form.V.rows());
      for (Index i = 0; i < many.rows(); ++i) {
        outputs.row(i) = map_limit(*spec.law, head.form, many.row(i).transpose()).gamma.transpose();
      }
      const Moments limit = by_definition::moments(outputs);
      const Moments measured =
          by_definition::moments(by_definition::outputs(many, sampled.topRows(n), head.form));
      CHECK(values[next++] == Catch::Approx((measured.mean - limit.mean).norm()).epsilon(1e-4));
      CHECK(values[next++] == Catch::Approx((measured.covariance - limit.covariance).norm()).epsilon(1e-4));
    }
  }
  REQUIRE(next == values.size());

  // float32 holds these numbers too, and whichever way they lie in memory the results are the same bits.
  const std::string expected = found(spec);
  for (const Stored& other :
       {by_columns(many), stored(many, NumberType::float32), by_columns(many, NumberType::float32)}) {
    Inputs others;
    other.give(others, "x");
    CHECK(found(parse_spec(document.dump(), others)) == expected);
  }
}

TEST_CASE("a spec keeps what it was given, and its result says so", "[inputs]") {
  const Memory memory;
  const Inputs inputs = memory.inputs();
  const Spec spec = parse_spec(map_of_inputs().dump(), inputs);
  const Json completed = Json::parse(spec.json);
  CHECK(completed["law"]["dimension"] == 3);
  CHECK(completed["law"]["points"] == input("tokens"));
  CHECK(completed["queries"] == input("x"));
  CHECK(parse_spec(spec.json, inputs).json == spec.json);
  REQUIRE(spec.inputs.size() == 5);
  CHECK(spec.inputs[0] == describe(memory.arrays.at("A").array("A")));
  CHECK(spec.inputs[2] == describe(memory.arrays.at("tokens").array("tokens")));

  Json shorter = map_of_inputs();
  shorter["tokens"] = 10;
  const Result result = ExperimentJob(parse_spec(shorter.dump(), inputs)).result();
  CHECK(result.inputs == spec.inputs);
  const Json written = Json::parse(to_json(result))["inputs"];
  CHECK(written.size() == 5);
  CHECK(written["tokens"]["layout"] == "7 x 3 float64");
  CHECK(written["w"]["layout"] == "7 float64");
  CHECK(written["tokens"]["fingerprint"] == text_of(memory.arrays.at("tokens").array().fingerprint()));
  CHECK(parse_result(to_json(result)).inputs == spec.inputs);

  // Other numbers under the same name are another description.
  Rows<double> changed = tokens;
  changed(6, 2) += 1e-12;
  const Stored other = stored(changed);
  Inputs others = memory.inputs({"w", "A", "V", "x"});
  other.give(others, "tokens");
  CHECK(parse_spec(map_of_inputs().dump(), others).inputs != spec.inputs);
}

TEST_CASE("one array may be asked for twice", "[inputs]") {
  const Memory memory;
  Json document = map_of_inputs();
  document["queries"] = input("tokens");
  const Spec spec = parse_spec(document.dump(), memory.inputs({"tokens", "w", "A", "V"}));
  CHECK(spec.inputs.size() == 4);
  CHECK(ExperimentJob(spec).outline().curves.size() == 7);
}

TEST_CASE("inputs that are missing, not asked for or of another shape are refused in one sentence",
          "[inputs]") {
  const Memory memory;
  const Json good = map_of_inputs();
  CHECK(refusal(good, memory.inputs()) == "accepted");
  CHECK(
      refusal(good, {}) ==
      R"(law.points.input is "tokens"; expected the name of an input that is given with the spec, and none is)");
  CHECK(
      refusal(good, memory.inputs({"tokens", "w", "V", "x"})) ==
      R"(attention.matrix.input is "A"; expected the name of an input that is given with the spec: V, tokens, w, x)");
  Json with_radii = good;
  with_radii["queries"] = {{"radii", {1}}};
  CHECK(refusal(with_radii, memory.inputs()) ==
        R"(input x is 5 x 3 float64; expected an array that the spec asks for by {"input": "x"})");

  const auto with = [&](std::string_view field, const Json& value) {
    return sentence([&] { parse_spec(with_setting(good.dump(), field, value.dump()), memory.inputs()); });
  };
  CHECK(with("attention.matrix", input("V")) ==
        "attention.matrix.input is V, 2 x 3 float64; expected 3 rows of 3 numbers");
  CHECK(with("attention.value", input("w")) ==
        "attention.value.input is w, 7 float64; expected any number of rows of 3 numbers");
  CHECK(with("law.weights", input("x")) == "law.weights.input is x, 5 x 3 float64; expected 7 numbers");
  CHECK(with("law.dimension", 2) ==
        "law.points.input is tokens, 7 x 3 float64; expected any number of rows of 2 numbers");
  CHECK(with("queries", input("w")) ==
        "queries.input is w, 7 float64; expected any number of rows of 3 numbers");
  for (const std::string field : {"law.points", "queries"}) {
    CHECK(with(field, {{"input", 3}}) ==
          field + R"( is {"input":3}; expected {"input": NAME} and nothing more)");
    CHECK(with(field, {{"input", "x"}, {"more", 1}}) ==
          field + R"( is {"input":"x","more":1}; expected {"input": NAME} and nothing more)");
  }

  Rows<double> bad = head_matrix;
  bad(1, 2) = std::numeric_limits<double>::infinity();
  const Stored infinite = stored(bad);
  Inputs inputs = memory.inputs({"tokens", "w", "V", "x"});
  infinite.give(inputs, "A");
  CHECK(refusal(good, inputs) == "A is inf at row 1, column 2 (counted from 0); expected finite numbers");
}
