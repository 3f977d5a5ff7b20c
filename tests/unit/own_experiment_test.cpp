#include <array>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>

#include "arbitrary.hpp"
#include "asymptoken/error.hpp"
#include "experiment/experiment.hpp"
#include "experiment/token_stream.hpp"
#include "law/registry.hpp"
#include "run_experiment.hpp"

// An experiment that only this file knows goes all the way: what it takes is what the core offers, and nothing else.

using namespace asymptoken;

namespace {

/// How far the mean of n tokens, stretched so many times, lies from the law's, and from that of one large sample.
struct MeanParameters {
  std::vector<double> stretches;
  std::int64_t sample = 0;  ///< tokens of the large sample; 0: none
};

/// The sum of some tokens of a stream, a few at a time.
class Sum final : public Execution {
 public:
  /// Of tokens first, first + 1, ... of the stream; each of `at` is a number of them, at which `take` looks at the sum.
  Sum(const Law& law, Stream stream, Index first, std::vector<std::int64_t> at,
      std::function<void(const Vector& sum, std::int64_t n, std::vector<double>& values)> take)
      : Execution(static_cast<double>(at.back())),
        law_(law),
        stream_(stream),
        first_(first),
        at_(std::move(at)),
        take_(std::move(take)),
        sum_(Vector::Zero(law.dimension())) {}

 private:
  double step(double work) override {
    const std::int64_t count = std::min<std::int64_t>(
        std::max<std::int64_t>(1, static_cast<std::int64_t>(work)), at_[point_] - seen_);
    Rows<float> tokens(static_cast<Index>(count), law_.dimension());
    law_.sample(stream_, static_cast<std::uint64_t>(first_ + seen_), tokens);
    for (const auto& token : tokens.rowwise()) {
      sum_ += token.transpose().cast<double>();
    }
    seen_ += count;
    if (seen_ == at_[point_]) {
      take_(sum_, seen_, values_);
      if (++point_ == at_.size()) {
        finish(values_);
      }
    }
    return static_cast<double>(count);
  }

  const Law& law_;
  Stream stream_;
  Index first_;
  std::vector<std::int64_t> at_;
  std::function<void(const Vector&, std::int64_t, std::vector<double>&)> take_;
  Vector sum_;
  std::int64_t seen_ = 0;
  std::size_t point_ = 0;
  std::vector<double> values_;
};

class MeanMeasurement final : public Measurement {
 public:
  MeanMeasurement(const Spec& spec, const MeanParameters& parameters) : spec_(spec), parameters_(parameters) {
    if (parameters.sample % blocks != 0) {
      throw Error("sample", std::to_string(parameters.sample), "an even number");
    }
  }

  Result outline() const override {
    Result outline;
    outline.title = std::string(spec_.law->name()) + " means";
    outline.metrics = {{.id = "error", .label = {.title = "error of the mean", .symbol = "", .remark = ""}},
                       {.id = "from_sample",
                        .label = {.title = "closeness to the sample", .symbol = "", .remark = ""},
                        .reciprocal = Label{.title = "distance", .symbol = "1/c", .remark = "shown"},
                        .is_diagnostic = true}};
    outline.parameters = {
        {.id = "stretch", .label = {.title = "stretch", .symbol = "s", .remark = "of the tokens"}},
        {.id = "law",
         .label = {.title = "law", .symbol = "", .remark = ""},
         .scale = Scale::linear,
         .is_swept = false}};
    for (const double stretch : parameters_.stretches) {
      outline.curves.emplace_back().parameters = {stretch, std::string(spec_.law->name())};
    }
    outline.trends = {{.id = "constants",
                       .label = {.title = "the constant", .symbol = "C", .remark = ""},
                       .kind = TrendKind::constant,
                       .metrics = {"error"},
                       .parameter = "stretch",
                       .x_label = outline.parameters.front().label}};
    return outline;
  }

  std::size_t preparation_steps() const override { return 1; }
  void prepare(std::size_t /*step*/) override { mean_ = spec_.law->mean(); }

  std::vector<std::vector<double>> preliminaries() const override {
    const double each = static_cast<double>(parameters_.sample) / blocks;
    return {std::vector<double>(parameters_.sample > 0 ? blocks : 0, each)};
  }
  std::size_t preliminary_value_count(std::size_t /*stage*/, std::size_t /*item*/) const override {
    return static_cast<std::size_t>(spec_.law->dimension());
  }
  std::unique_ptr<Execution> start_preliminary(std::size_t /*stage*/, std::size_t item,
                                               Compute /*compute*/) const override {
    const std::int64_t each = parameters_.sample / blocks;
    return std::make_unique<Sum>(*spec_.law, Stream::of(spec_.seed, StreamPurpose::reference),
                                 static_cast<Index>(item) * each, std::vector{each},
                                 [](const Vector& sum, std::int64_t, std::vector<double>& values) {
                                   values.assign(sum.begin(), sum.end());
                                 });
  }
  void conclude(std::size_t /*stage*/, std::span<const std::vector<double>> values) override {
    sample_mean_ = Vector::Zero(spec_.law->dimension());
    for (const std::vector<double>& sum : values) {
      sample_mean_ += Vector::Map(sum.data(), std::ssize(sum)) / static_cast<double>(parameters_.sample);
    }
  }

  void predict(Result& outline) const override {
    const auto constant = [&](double stretch) { return stretch * expected_norm(spec_.law->covariance()); };
    for (std::size_t c = 0; c < outline.curves.size(); ++c) {
      outline.curves[c].predictions = {{.id = "central_limit",
                                        .metric = "error",
                                        .quantity = Quantity::slope,
                                        .title = "central limit",
                                        .value = -0.5,
                                        .status = Status::paper,
                                        .formula = "-1/2"},
                                       {.id = "constant",
                                        .metric = "error",
                                        .quantity = Quantity::constant,
                                        .title = "constant",
                                        .value = constant(parameters_.stretches[c]),
                                        .exponent = -0.5,
                                        .status = Status::derived,
                                        .formula = "s E|N(0, C)|"},
                                       {.id = "limit",
                                        .metric = "error",
                                        .quantity = Quantity::limit,
                                        .title = "limit",
                                        .value = 0,
                                        .status = Status::heuristic,
                                        .formula = "0"}};
    }
    outline.trends[0].lines = {line_of(outline.curves[0].predictions[1], parameters_.stretches, constant)};
  }

  double work(const Item& item) const override { return static_cast<double>(points_of(spec_, item).back()); }
  double memory(std::int64_t n) const override { return 4.0 * static_cast<double>(n); }

  std::unique_ptr<Execution> start(const Item& item, Compute /*compute*/) const override {
    const auto points = points_of(spec_, item);
    return std::make_unique<Sum>(*spec_.law, stream_of(spec_, item, StreamPurpose::tokens), 0,
                                 std::vector<std::int64_t>(points.begin(), points.end()),
                                 [this](const Vector& sum, std::int64_t n, std::vector<double>& values) {
                                   const Vector mean = sum / static_cast<double>(n);
                                   for (const double stretch : parameters_.stretches) {
                                     values.push_back(stretch * (mean - mean_).norm());
                                     values.push_back(parameters_.sample > 0
                                                          ? 1 / (stretch * (mean - sample_mean_).norm())
                                                          : std::numeric_limits<double>::quiet_NaN());
                                   }
                                 });
  }

  Json limit(std::size_t curve) const override {
    return {{"mean", json_of(Vector(parameters_.stretches[curve] * mean_))}};
  }

 private:
  static constexpr std::int64_t blocks = 2;

  const Spec& spec_;
  MeanParameters parameters_;
  Vector mean_;
  Vector sample_mean_;
};

std::shared_ptr<const Experiment> read(Reader& reader, Spec& spec) {
  Reader law = reader.object("law");
  spec.law = read_law(law);
  MeanParameters parameters{.stretches = reader.number_sweep("stretches", {1e-3, 1e3})};
  parameters.sample = reader.integer("sample", 0, 0, 1'000'000);
  return std::make_shared<ExperimentWith<MeanMeasurement, MeanParameters>>(parameters);
}

const ExperimentType mean_experiment{.name = "mean", .builtin_specs = {}, .read = read};
const std::array<const ExperimentType*, 1> own = {&mean_experiment};

const std::string means = R"({"experiment": "mean", "seed": 8,
 "law": {"type": "sphere", "dimension": 3, "radius": 2}, "stretches": [1, 2.5],
 "tokens": [100, 400, 1600, 6400], "replicates": 200})";
const std::string nested_means =
    with_setting(means, "tokens", R"({"list": [100, 400, 1600, 6400], "nested": true})");
const std::string sampled_means = with_setting(nested_means, "sample", "2000");

/// The value at a path such as `/curves/0/points`.
Json& value_at(Json& document, std::string_view path) {
  Json* place = &document;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string key(path.substr(0, path.find('/')));
    path.remove_prefix(key.size());
    place = place->is_array() ? &(*place)[std::stoul(key)] : &(*place)[key];
  }
  return *place;
}

Spec parse(const std::string& json) { return parse_spec(json, {}, own); }

Result measured(const std::string& json) {
  ExperimentJob job(parse(json));
  complete(job);
  return job.result();
}

}  // namespace

TEST_CASE("an experiment of one's own is read as strictly as the product's", "[own]") {
  const Spec spec = parse(means);
  CHECK(spec.experiment == "mean");
  CHECK(spec.tokens.size() == 4);
  CHECK(Json::parse(spec.json)["sample"] == 0);
  CHECK(parse(spec.json).json == spec.json);
  const auto refusal = [](const std::string& json) { return sentence([&] { parse(json); }); };
  CHECK(refusal(with_setting(means, "sample", "-2")) ==
        "sample is -2; expected an integer from 0 to 1000000");
  CHECK(
      refusal(with_setting(means, "samples", "2")).starts_with("samples is 2; expected no such field here"));
  CHECK(refusal(with_setting(means, "experiment", "moments")) == R"(experiment is "moments"; expected mean)");
  CHECK(sentence([&] { parse_spec(means); }) ==
        R"(experiment is "mean"; expected one of moments, map, uniform, hardmax, window)");
  CHECK(sentence([&] { ExperimentJob(parse(with_setting(means, "sample", "3"))); }) ==
        "sample is 3; expected an even number");
}

TEST_CASE("an experiment of one's own finds what it predicts", "[own][statistics]") {
  for (const std::string& json : {means, nested_means}) {
    const Result result = measured(json);
    CHECK(result.title == "mean: sphere means, 200 replicates" +
                              std::string(json == means ? "" : ", tokens shared by all n") + ", seed 8");
    CHECK(result.points_share_tokens == (json == nested_means));
    CHECK(result.items_done == result.items);
    REQUIRE(result.curves.size() == 2);
    // Tokens have the covariance 4/3: E|N(0, C)| = sqrt(4/3) E|N(0, I)|, which is sqrt(8 / pi) in space.
    const double constant = std::sqrt(4.0 / 3 * 8 / std::numbers::pi);
    for (std::size_t c = 0; c < 2; ++c) {
      const Curve& curve = result.curves[c];
      const double stretch = number(result, curve, "stretch");
      CHECK(stretch == (c == 0 ? 1 : 2.5));
      CHECK(std::get<std::string>(*find_parameter(result, curve, "law")) == "sphere");
      CHECK(find_parameter(result, curve, "horizon") == nullptr);
      REQUIRE(curve.fits[0].has_value());
      // Four standard errors: one seed in 10^4.
      CHECK(std::abs(curve.fits[0]->slope + 0.5) < 4 * slope_standard_error(curve, 0));
      CHECK(std::abs(*slope_excess(curve, 0, curve.predictions[0])) < 4);
      CHECK_FALSE(slope_excess(curve, 0, curve.predictions[1]).has_value());
      CHECK(curve.predictions[1].value == Catch::Approx(stretch * constant));
      // Without a sample there is nothing to be close to.
      CHECK_FALSE(curve.points[0].metrics[1].has_value());
      CHECK_FALSE(curve.fits[1].has_value());
    }
    REQUIRE(result.trends.size() == 1);
    const Trend& trend = result.trends[0];
    REQUIRE(trend.points.size() == 2);
    for (const TrendPoint& point : trend.points) {
      const Estimate last = result.curves[point.curve].points.back().metrics[0].value();
      CHECK(point.metric == "error");
      CHECK(point.x == number(result, result.curves[point.curve], "stretch"));
      CHECK(point.y == Catch::Approx(80 * last.mean));
      CHECK(point.standard_error.value() == Catch::Approx(80 * last.standard_error()));
      CHECK(std::abs(point.y - point.x * constant) < 4 * *point.standard_error);
    }
    REQUIRE(trend.lines.size() == 1);
    CHECK(trend.lines[0].prediction == "constant");
    REQUIRE(trend.lines[0].points.size() == 2);
    CHECK(trend.lines[0].points[1].first == 2.5);
    CHECK(trend.lines[0].points[1].second == Catch::Approx(2.5 * constant));
  }
}

TEST_CASE("an experiment of one's own may have a stage before its replicates", "[own]") {
  const Spec spec = parse(sampled_means);
  ExperimentJob job(spec);
  CHECK(job.preliminary_items() == 2);
  CHECK(job.size() == 202);
  CHECK(job.startable() == 2);
  CHECK_THROWS_AS(job.start(2, {}), Error);
  complete(job);
  Rows<float> sample(2000, 3);
  spec.law->sample(Stream::of(8, StreamPurpose::reference), 0, sample);
  const Vector sample_mean = sample.cast<double>().colwise().mean();
  Rows<float> tokens(100, 3);
  spec.law->sample(Stream::of(8, StreamPurpose::tokens, 5, 0), 0, tokens);
  const Vector mean = tokens.cast<double>().colwise().mean();
  CHECK(job.values(5)[0] == Catch::Approx(mean.norm()));
  CHECK(job.values(5)[1] == Catch::Approx(1 / (mean - sample_mean).norm()));
  CHECK(job.values(5)[3] == Catch::Approx(1 / (mean - sample_mean).norm() / 2.5));

  // However its items are sliced, the result is the same.
  ExperimentJob sliced(spec);
  sliced.prepare(0, {});
  for (std::size_t item = 0; item < sliced.size(); ++item) {
    const auto execution = sliced.start(item, {});
    while (!execution->advance(700)) {
      CHECK(execution->fraction_done() < 1);
    }
    sliced.add(item, execution->values());
  }
  CHECK(to_json(sliced.result()) == to_json(job.result()));
  CHECK(Json::parse(limit_json(spec))["curves"][1]["limit"]["mean"] == Json({0.0, 0.0, 0.0}));
  CHECK(limit_json(spec) == job.limit_json());
}

TEST_CASE("results of an experiment of one's own are written and read without knowing it", "[own]") {
  for (const std::string& json : {means, nested_means, sampled_means}) {
    const Result result = measured(json);
    const std::string text = to_json(result);
    const Result back = parse_result(text);
    CHECK(to_json(back) == text);
    CHECK(to_json(read_result(text)) == text);
    CHECK(to_csv(back) == to_csv(result));
    const Trend& trend = back.trends.at(0);
    CHECK(trend.kind == TrendKind::constant);
    CHECK(trend.x_label.remark == "of the tokens");
    CHECK(trend.lines.at(0).points == result.trends[0].lines[0].points);
    CHECK(trend_points(back, trend).size() == trend.points.size());
    CHECK(back.metrics[1].is_diagnostic);
    CHECK(back.metrics[1].reciprocal->symbol == "1/c");
    CHECK_FALSE(back.parameters[1].is_swept);
    CHECK(back.parameters[1].scale == Scale::linear);
    CHECK(std::get<std::string>(back.curves[1].parameters[1]) == "sphere");
    CHECK(back.curves[0].predictions[1].exponent == -0.5);
    CHECK(back.curves[0].predictions[2].status == Status::heuristic);
    CHECK(back.curves[0].fits[0]->slope == result.curves[0].fits[0]->slope);
    CHECK(back.curves[0].intervals[0]->low == result.curves[0].intervals[0]->low);
  }
  // 1/closeness, with the error that it has to first order.
  const Result result = measured(sampled_means);
  const Json written = Json::parse(to_json(result))["curves"][0]["points"][1]["metrics"]["from_sample"];
  const Estimate closeness = result.curves[0].points[1].metrics[1].value();
  CHECK(written["reciprocal"]["mean"] == 1 / closeness.mean);
  CHECK(written["reciprocal"]["standard_error"].get<double>() ==
        Catch::Approx(closeness.standard_error() / (closeness.mean * closeness.mean)));
}

TEST_CASE("a table of an experiment of one's own has its parameters as columns", "[own]") {
  const std::string table =
      to_csv(measured(with_setting(with_setting(means, "tokens", "[100]"), "replicates", "2")));
  const auto lines = std::ranges::count(table, '\n');
  CHECK(lines == 3);  // nothing of the metric that is not defined
  CHECK(table.starts_with(
      "curve,stretch,law,n,metric,mean,standard_deviation,standard_error,count\n0,1,sphere,100,error,"));
  CHECK(table.find("\n1,2.5,sphere,100,error,") != std::string::npos);
  CHECK(table.ends_with(",2\n"));
}

TEST_CASE("what is no result of the latest schema is refused with the field", "[own]") {
  const std::string good = to_json(measured(with_setting(means, "replicates", "2")));
  const auto refusal = [&](const char* place, Json value) {
    Json document = Json::parse(good);
    value_at(document, place) = std::move(value);
    return sentence([&] { parse_result(document.dump()); });
  };
  CHECK(sentence([&] { parse_result(good); }) == "accepted");
  CHECK(sentence([] { parse_result("nonsense"); }) == "result is `nonsense`; expected JSON");
  CHECK(sentence([] { parse_result("{}"); }) ==
        "result is {}; expected an object with schema, spec, metrics and curves, as `run` writes it");
  CHECK(refusal("/schema", 3) == "schema is 3; expected an integer from 2 to 2");
  CHECK(refusal("/more", 1).starts_with("more is 1; expected no such field here"));
  CHECK(refusal("/metrics/0/scale", "log") ==
        R"(metrics[0].scale is "log"; expected one of linear, logarithmic)");
  CHECK(refusal("/curves/1/predictions/0/metric", "mean") ==
        R"(curves[1].predictions[0].metric is "mean"; expected the id of one of the metrics)");
  CHECK(refusal("/curves/1/predictions/0/quantity", "rate") ==
        R"(curves[1].predictions[0].quantity is "rate"; expected one of slope, constant, limit)");
  CHECK(
      refusal("/curves/0/parameters/radius", 1).starts_with("curves[0].parameters.radius is 1; expected no"));
  CHECK(refusal("/curves/0/points/0/metrics/error/count", 0)
            .starts_with("curves[0].points[0].metrics.error.count is 0; expected an integer from 1"));
  CHECK(
      refusal("/curves/0/fits/error/slope", "steep").starts_with("curves[0].fits.error.slope is \"steep\""));
  CHECK(refusal("/trends/0/points/0/curve", 2) ==
        "trends[0].points[0].curve is 2; expected an integer from 0 to 1");
  CHECK(refusal("/trends/0/kind", "height") ==
        R"(trends[0].kind is "height"; expected one of slope, constant, value)");
  for (const Json& points :
       {Json(nullptr), Json(3), Json({{1, 2}, {1}}), Json({{nullptr, 2}}), Json({{1, "high"}})}) {
    CHECK(refusal("/trends/0/lines/0/points", points) ==
          "trends[0].lines[0].points is " + points.dump() + "; expected a list of pairs of numbers");
  }
  CHECK(refusal("/items/total", 1).starts_with("items.total is 1; expected an integer from 8"));
  // Every key but those of the spec and of names is needed.
  const std::function<void(const Json&, const std::string&)> erase_each = [&](const Json& place,
                                                                              const std::string& path) {
    if (!place.is_structured() || path == "/spec") {
      return;
    }
    std::size_t index = 0;
    for (const auto& [key, value] : place.items()) {
      const std::string name = path + "/" + (place.is_array() ? std::to_string(index++) : key);
      erase_each(value, name);
      if (place.is_object()) {
        Json document = Json::parse(good);
        value_at(document, path).erase(key);
        INFO(name);
        CHECK_THROWS_AS(parse_result(document.dump()), Error);
      }
    }
  };
  erase_each(Json::parse(good), "");
}

TEST_CASE("numbers that overflow survive being written and read", "[own]") {
  // e^(R^2 / 2) is beyond float64 at R = 1000: the constant of the map there, and the end of its line.
  const std::string json = R"({"experiment": "map", "law": {"type": "gaussian", "dimension": 2},
    "attention": {"matrix": 1}, "queries": {"radii": [1, 1000]}, "tokens": [10], "replicates": 2})";
  const Result result = run(json);
  CHECK(std::isinf(result.curves[1].predictions[1].value));
  REQUIRE(result.trends.at(0).lines.size() == 1);
  CHECK(std::isinf(result.trends[0].lines[0].points.back().second));
  CHECK(to_json(parse_result(to_json(result))) == to_json(result));
}
