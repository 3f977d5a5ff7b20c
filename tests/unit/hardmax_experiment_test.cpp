#include <catch_amalgamated.hpp>
#include <cmath>
#include <map>
#include <numbers>

#include "arbitrary.hpp"
#include "asymptoken/error.hpp"
#include "asymptoken/experiment.hpp"
#include "asymptoken/hardmax.hpp"
#include "by_definition.hpp"
#include "experiment/hardmax/hardmax.hpp"
#include "run_experiment.hpp"

using namespace asymptoken;

namespace {

const std::string on_sphere = R"({"experiment": "hardmax", "seed": 3,
 "law": {"type": "sphere", "dimension": 3, "radius": 2},
 "attention": {"matrix": [[1, 0.5, 0], [0, 1, 0.2], [0.3, 0, 1]], "value": [[1, 2, 0], [0, 1, -1]]},
 "query": {"point": [1, -0.5, 0.25]}, "temperatures": [0, 0.01, 0.5, 20], "tokens": [40, 90, 5000], "replicates": 2})";
const Vector query{{1.0, -0.5, 0.25}};
const double temperatures[] = {0, 0.01, 0.5, 20};
const std::string critical = with_setting(
    with_setting(on_sphere, "law",
                 R"({"type": "gaussian", "dimension": 3, "mean": [0.5, 0, -1], "covariance": [2, 1, 0.5]})"),
    "temperature_unit", "critical");
const std::string logarithmic = with_setting(on_sphere, "temperature_unit", "logarithmic");
const std::string two_points = with_setting(
    on_sphere, "law", R"({"type": "two_point", "dimension": 3, "low": -1, "high": 2, "probability": 0.3})");

std::string nested(const std::string& json) {
  return with_setting(json, "tokens", R"({"list": [40, 90, 5000], "nested": true})");
}

struct Case {
  std::string json;
  TemperatureUnit unit;
};

const Case every_case[] = {{on_sphere, TemperatureUnit::fixed},
                           {critical, TemperatureUnit::critical},
                           {logarithmic, TemperatureUnit::logarithmic},
                           {two_points, TemperatureUnit::fixed},
                           {nested(on_sphere), TemperatureUnit::fixed},
                           {nested(critical), TemperatureUnit::critical},
                           {nested(logarithmic), TemperatureUnit::logarithmic},
                           {nested(two_points), TemperatureUnit::fixed}};

struct Metrics {
  double error, distance, participation, gap;
};

/// From the definitions, in float64, with the maximum over the support and the range of logits of the laws above by hand.
Metrics naive(const Spec& spec, TemperatureUnit temperature_unit, const Rows<double>& tokens,
              double temperature) {
  const AttentionForm& form = spec.attention.heads.front().form;
  const Vector t = form.A * query;
  const std::string_view law = spec.law->name();
  const double log_n = std::log(static_cast<double>(tokens.rows()));
  const double mean = t.dot(spec.law->mean());
  const double deviation = std::sqrt(t.dot(spec.law->covariance() * t));
  const Vector maximiser =
      law == "sphere" ? Vector(2 * t.normalized())
                      : Vector((t.array() > 0).select(Vector::Constant(3, 2), Vector::Constant(3, -1)));
  const double range = law == "sphere" ? 4 * t.norm() : 3 * t.lpNorm<1>();
  const double unit = temperature_unit == TemperatureUnit::critical      ? deviation / std::sqrt(2 * log_n)
                      : temperature_unit == TemperatureUnit::logarithmic ? range / log_n
                                                                         : 1;
  const double lambda = 1 / (temperature * unit);
  const Vector logits = tokens * t;
  const auto weights_at = [&](double inverse) {
    const Vector weights = std::isinf(inverse)
                               ? Vector((logits.array() == logits.maxCoeff()).cast<double>())
                               : Vector((inverse * (logits.array() - logits.maxCoeff())).exp());
    return Vector(weights / weights.sum());
  };
  const Vector weights = weights_at(lambda);
  const Vector output = form.V * tokens.transpose() * weights;
  const Vector hardmax = form.V * tokens.transpose() * weights_at(std::numeric_limits<double>::infinity());
  const bool is_gaussian = law == "gaussian";
  const Vector gamma = form.V * (std::isinf(lambda) ? maximiser : spec.law->tilted_mean(lambda * t));
  const double reach = is_gaussian ? deviation * std::sqrt(2 * log_n) : t.dot(maximiser) - mean;
  return {.error = is_gaussian && std::isinf(lambda) ? std::nan("") : (output - gamma).norm(),
          .distance = (output - hardmax).norm(),
          .participation = weights.squaredNorm(),
          .gap = 1 - (logits.dot(weights) - mean) / reach};
}

}  // namespace

TEST_CASE("hardmax measures what it says at every temperature", "[experiment][hardmax]") {
  for (const Case& one : every_case) {
    const auto job = job_of(one.json);
    const Spec& spec = job->spec();
    INFO(spec.json);
    for (std::size_t i = 0; i < job->replicate_count(); ++i) {
      const Item& item = job->replicate(i);
      const Rows<double> tokens = by_definition::tokens(job->spec(), item);
      const std::vector<double> values = execute(*job, i);
      REQUIRE(values.size() == 16 * item.points);
      for (std::size_t k = 0; k < 4 * item.points; ++k) {
        const Rows<double> seen = tokens.topRows(spec.tokens[item.first_point + k / 4]);
        const double temperature = temperatures[k % 4];
        const Metrics expected = naive(spec, one.unit, seen, temperature);
        INFO("n = " << seen.rows() << ", T = " << temperature);
        if (std::isnan(expected.error)) {
          CHECK(std::isnan(values[4 * k]));
        } else {
          CHECK(values[4 * k] == Catch::Approx(expected.error).epsilon(1e-4).margin(2e-5));
        }
        CHECK(values[4 * k + 1] == Catch::Approx(expected.distance).epsilon(1e-4).margin(2e-5));
        CHECK(values[4 * k + 2] == Catch::Approx(expected.participation).epsilon(1e-4));
        CHECK(values[4 * k + 3] == Catch::Approx(expected.gap).epsilon(1e-4).margin(2e-5));
      }
    }
  }
}

TEST_CASE("a limit that does not exist leaves no error, and no number takes its place",
          "[experiment][hardmax]") {
  // Gaussian logits have no largest one, so hardmax attention has no limit.
  const Result result = run(with_setting(critical, "tokens", "[40, 90, 200]"));
  const Curve& hardmax = result.curves[0];
  const Curve& warmer = result.curves[1];
  CHECK(number(result, hardmax, "temperature") == 0);
  CHECK_FALSE(hardmax.fits[0].has_value());
  CHECK_FALSE(hardmax.intervals[0].has_value());
  for (std::size_t point = 0; point < 3; ++point) {
    CHECK_FALSE(hardmax.points[point].metrics[0].has_value());
    CHECK(hardmax.points[point].metrics[1].has_value());
    CHECK(warmer.points[point].metrics[0].has_value());
  }
  CHECK(warmer.fits[0].has_value());
  CHECK(to_json(parse_result(to_json(result))) == to_json(result));

  // On an axis of inverse temperatures 0 has no place.
  const Trend trend = parse_result(to_json(result)).trends.at(0);
  CHECK(trend.has_reciprocal_x);
  REQUIRE(trend.points.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const Estimate participation = result.curves[i + 1].points.back().metrics[2].value();
    CHECK(trend.points[i].curve == i + 1);
    CHECK(trend.points[i].x == Catch::Approx(1 / temperatures[i + 1]));
    CHECK(trend.points[i].y == Catch::Approx(1 / participation.mean));
  }
  CHECK(to_csv(result).find("nan") == std::string::npos);
}

TEST_CASE("tokens that tie share hardmax, and the cold softmax", "[experiment][hardmax]") {
  // Every fourth token or so is (1, 1), the maximum; the third coordinate does not matter, and averages out.
  const auto job = job_of(R"({"experiment": "hardmax", "law": {"type": "two_point", "dimension": 3},
    "attention": {"matrix": 1}, "query": {"point": [1, 2, 0]}, "temperatures": [0, 0.001], "tokens": 64, "replicates": 1})");
  const Rows<double> tokens = by_definition::tokens(job->spec(), job->replicate(0));
  double ties = 0;
  double third = 0;
  for (const auto& token : tokens.rowwise()) {
    if (token[0] == 1 && token[1] == 1) {
      ++ties;
      third += token[2];
    }
  }
  REQUIRE(ties > 4);
  const std::vector<double> values = execute(*job, 0);
  for (const std::size_t curve : {0U, 4U}) {
    CHECK(values[curve] == Catch::Approx(std::abs(third / ties)).margin(1e-6));
    CHECK(values[curve + 1] < 1e-6);
    CHECK(values[curve + 2] == Catch::Approx(1 / ties));
    CHECK(std::abs(values[curve + 3]) < 1e-6);
  }
}

TEST_CASE("how an item of hardmax is sliced, and what it runs on, moves no bit", "[experiment][hardmax]") {
  for (const std::string& json : {nested(on_sphere), nested(logarithmic), critical}) {
    const auto job =
        job_of(with_setting(with_setting(json, "deterministic", "true"), "temperatures", "[0.01, 0.5]"));
    const std::size_t item = job->replicate_count() - 1;
    const std::vector<double> whole = execute(*job, item);
    const auto sliced = start(*job, item);
    while (!sliced->advance(1)) {
      CHECK(sliced->fraction_done() < 1);
    }
    CHECK(sliced->values() == whole);
    for (const SimdTarget target : available_simd_targets()) {
      CHECK(execute(*job, item, {.target = target}) == whole);
    }
  }
}

TEST_CASE("temperature 0 alone needs no softmax", "[experiment][hardmax]") {
  const auto job = job_of(with_setting(on_sphere, "temperatures", "0"));
  const auto with_others = job_of(on_sphere);
  const std::vector<double> values = execute(*job, 2);
  const std::vector<double> all = execute(*with_others, 2);
  REQUIRE(values.size() == 4);
  CHECK(std::equal(values.begin(), values.end(), all.begin()));
  CHECK(job->total_work() < with_others->total_work());
}

TEST_CASE("hardmax refuses what it cannot measure", "[experiment][hardmax]") {
  const auto refusal = [](const std::string& field, const std::string& value) {
    return sentence([&] { job_of(with_setting(on_sphere, field, value)); });
  };
  CHECK(refusal("tokens", "1") ==
        "tokens is 1; expected at least 2, because one token is all that attention can return");
  CHECK(refusal("query", R"({"point": [0, 0, 0]})") ==
        "query.point is [0,0,0]; expected a query x whose logits <A x, y> differ from token to token and are "
        "finite");
  CHECK(refusal("temperatures", "[0, 1e-12]") ==
        "temperatures is [0,1e-12]; expected 0 (hardmax) or numbers from 1e-9 to 1e9");
  CHECK(refusal("attention", R"({"weights": "random", "scales": [1, 2]})") ==
        "attention.scales is a sweep of 2; expected one number, because temperatures scale the logits");
  CHECK(sentence([] { job_of(with_setting(critical, "temperature_unit", "logarithmic")); }) ==
        "temperature_unit is \"logarithmic\"; expected fixed or critical, because gaussian tokens have no "
        "largest logit");
}

TEST_CASE("theory section 8: on the sphere hardmax stays as far below the maximum as n tokens must",
          "[experiment][hardmax][statistics]") {
  const Result result = run(R"({"experiment": "hardmax", "law": {"type": "sphere", "dimension": 3},
    "attention": {"matrix": 1}, "query": {"radius": 1}, "temperatures": [0, 0.002], "tokens": [100, 1000, 10000],
    "replicates": 1000})");
  for (const Point& point : result.curves[0].points) {
    const Estimate gap = point.metrics[3].value();
    CHECK(std::abs(gap.mean - 2 / (static_cast<double>(point.n) + 1)) < 4 * gap.standard_error());
  }
  // The nearest token's error: slope -1/(d-1), straight from n = 100 on.
  const PowerLawFit error = result.curves[0].fits[0].value();
  CHECK(std::abs(error.slope + 0.5) < 4 * std::max(error.slope_standard_error, 0.006));
  // lambda = 500, so rho = 500: at n = 10000 the next order is rho/n = 1/20 of each prediction.
  const Point& last = result.curves[1].points.back();
  const auto check = [&](std::size_t metric, double predicted) {
    const Estimate measured = last.metrics[metric].value();
    CHECK(std::abs(measured.mean - predicted) < 4 * measured.standard_error() + predicted / 20);
  };
  for (const Prediction& prediction : result.curves[1].predictions) {
    INFO(prediction.metric << ", " << name_of(prediction.quantity));
    if (prediction.quantity == Quantity::constant) {
      const bool is_error = prediction.metric == "error";
      CHECK(prediction.exponent == (is_error ? -0.5 : -1));
      check(is_error ? 0 : 2, prediction.value / (is_error ? 100 : 10000));
    } else if (prediction.metric == "gap") {
      check(3, prediction.value);
    }
  }
}

TEST_CASE("theory section 8: 1 - E c_n^2 hardly falls at d = 50", "[experiment][hardmax][statistics]") {
  const Result result = run(R"({"experiment": "hardmax", "law": {"type": "sphere", "dimension": 50},
    "attention": {"matrix": 1}, "query": {"radius": 1}, "temperatures": 0, "tokens": [1000, 10000],
    "replicates": 300})");
  for (const Point& point : result.curves[0].points) {
    const Estimate gap = point.metrics[3].value();
    CHECK(std::abs(gap.mean - largest_cosine(50, static_cast<double>(point.n)).mean_gap) <
          4 * gap.standard_error());
    const Estimate error = point.metrics[0].value();
    CHECK(std::abs(error.mean - largest_cosine(50, static_cast<double>(point.n)).mean_distance) <
          4 * error.standard_error());
  }
}

TEST_CASE("theory section 5: the largest of n Gaussian logits", "[experiment][hardmax][statistics]") {
  const Result result =
      run(R"({"experiment": "hardmax", "law": {"type": "gaussian", "dimension": 2, "mean": [3, -1]},
    "attention": {"matrix": 1}, "query": {"radius": 5}, "temperatures": 0, "tokens": [100, 10000], "replicates": 1000})");
  for (const Point& point : result.curves[0].points) {
    const NormalMaximum maximum = normal_maximum(static_cast<double>(point.n));
    const Estimate gap = point.metrics[3].value();
    CHECK(std::abs(gap.mean - (1 - maximum.mean / maximum.leading)) < 4 * gap.standard_error());
    CHECK(point.metrics[2]->mean == 1);
  }
}

TEST_CASE("theory section 5: the three regimes of Gaussian logits", "[experiment][hardmax][statistics]") {
  // b = 2, 5/8 and 1/4, one dimension.
  const Result result = run(R"({"experiment": "hardmax", "law": {"type": "gaussian", "dimension": 1},
    "attention": {"matrix": 1}, "query": {"radius": 1}, "temperatures": [0.5, 1.6, 4], "temperature_unit": "critical",
    "tokens": {"from": 1000, "to": 100000, "count": 5}, "replicates": 200})");
  const double log_n = std::log(1e4);
  const auto near = [](double measured, double predicted, double allowed) {
    INFO("measured " << measured << ", predicted " << predicted << ", allowed " << allowed);
    CHECK(std::abs(measured - predicted) < allowed);
  };
  const double bs[] = {2, 0.625, 0.25};
  for (std::size_t i = 0; i < 3; ++i) {
    const RandomEnergy energy = random_energy(bs[i]);
    const Curve& curve = result.curves[i];
    const PowerLawFit error = curve.fits[0].value();
    // Leading exponents: a factor sqrt(ln n), which they leave open, has the slope 1/(2 ln n), 0.05 here.
    near(error.slope, -energy.error_exponent, 4 * error.slope_standard_error + 0.5 / log_n);
    if (bs[i] < 1) {
      const PowerLawFit participation = curve.fits[2].value();
      near(participation.slope, -energy.squared_error_exponent, 4 * participation.slope_standard_error);
      const Estimate gap = curve.points.back().metrics[3].value();
      near(1 - gap.mean, energy.alignment, 4 * gap.standard_error() + 0.01);
    }
  }
  // b > 1: the largest logits are nearly a Poisson process of rate a/sigma, a = sqrt(2 ln n) less its next order.
  const Point& last = result.curves[0].points.back();
  const Estimate participation = last.metrics[2].value();
  const double log_last = std::log(1e5);
  const double next_order = (std::log(log_last) + std::log(4 * std::numbers::pi)) / (4 * 2 * log_last);
  near(participation.mean, random_energy(2).participation + next_order, 4 * participation.standard_error());
  // b < 1/2: the exact constant of each n, E|N(0, S)| = sqrt(2/pi) e^{s^2/2} sqrt(1 + s^2) for logits of deviation s.
  const Estimate error = result.curves[2].points.back().metrics[0].value();
  const double variance = 2 * log_last / 16;
  const double exact = std::sqrt(2 / std::numbers::pi * (1 + variance) / 1e5) * std::exp(variance / 2);
  near(error.mean, exact, 4 * error.standard_error());
}

namespace {

/// Every prediction of the run against what it measured: within four standard errors, those of a slope from the ends of the
/// curve, and what the next order may be of a slope (0.01) and of a number (3 %). How many of them there are of each metric.
std::map<std::string, int> agreeing_predictions(const std::string& settings, const std::string& only = "") {
  const Result result =
      run(R"({"experiment": "hardmax", "seed": 11, "tokens": [100, 1000, 10000], "replicates": 400, )" +
          settings + "}");
  std::map<std::string, int> counts;
  for (const Curve& curve : result.curves) {
    for (const Prediction& prediction : curve.predictions) {
      if (!only.empty() && prediction.metric != only) {
        continue;
      }
      std::size_t metric = 0;
      while (result.metrics[metric].id != prediction.metric) {
        ++metric;
      }
      INFO(settings << "\nT = " << number(result, curve, "temperature") << ", " << prediction.id << ", "
                    << name_of(prediction.quantity) << " of " << prediction.metric << ": "
                    << prediction.value);
      const Point& last = curve.points.back();
      const Estimate measured = last.metrics[metric].value();
      ++counts[prediction.metric];
      if (prediction.quantity == Quantity::slope) {
        const Point& first = curve.points.front();
        const Estimate before = first.metrics[metric].value();
        const double decades = std::log(static_cast<double>(last.n) / static_cast<double>(first.n));
        const double standard_error =
            std::hypot(before.standard_error() / before.mean, measured.standard_error() / measured.mean) /
            decades;
        const double slope = curve.fits[metric].value().slope;
        INFO("measured " << slope << " +- " << standard_error);
        CHECK(std::abs(slope - prediction.value) < 4 * standard_error + 0.01);
      } else {
        const double power = prediction.quantity == Quantity::constant
                                 ? std::pow(static_cast<double>(last.n), prediction.exponent)
                                 : 1;
        const double expected = prediction.value * power;
        INFO("measured " << measured.mean << " +- " << measured.standard_error() << ", expected "
                         << expected);
        CHECK(std::abs(measured.mean - expected) < 4 * measured.standard_error() + 0.03 * expected);
      }
    }
  }
  return counts;
}

using Counts = std::map<std::string, int>;

}  // namespace

TEST_CASE("hardmax over a box: a corner, or any point of a face", "[experiment][hardmax][statistics]") {
  const auto box = [](const std::string& dimension, const std::string& point, const std::string& value) {
    return agreeing_predictions(R"("law": {"type": "box", "dimension": )" + dimension +
                                R"(}, "attention": {"matrix": 1, "value": )" + value + R"(}, "query": )" +
                                point + R"(, "temperatures": 0)");
  };
  const std::string widest = R"({"radius": 1})";
  const Counts with_all = {{"error", 2}, {"participation", 1}, {"gap", 2}};
  const Counts without_constant = {{"error", 1}, {"participation", 1}, {"gap", 2}};
  const Counts without_error = {{"participation", 1}, {"gap", 2}};
  const Counts of_one_token = {{"participation", 1}};
  CHECK(box("1", widest, "1") == with_all);
  CHECK(box("2", widest, "1") == with_all);
  CHECK(box("20", widest, "1") == with_all);
  // V turns the face; sees it not at all; sees nothing else; sees nothing.
  CHECK(box("3", R"({"point": [1, 0, 0]})", "[[1, 1, 0], [0, 1, 1]]") == without_constant);
  CHECK(box("2", R"({"point": [1, 0]})", "[[2, 0], [1, 0]]") == with_all);
  CHECK(box("2", R"({"point": [1, 0]})", "[[0, 2], [0, 1]]") == with_all);
  CHECK(box("2", R"({"point": [1, 0]})", "[[0, 0], [0, 0]]") == without_error);
  // Corners; one where V sees no mean offset.
  CHECK(box("2", R"({"point": [1, -0.5]})", "1") == without_constant);
  CHECK(box("2", R"({"point": [1, 1]})", "[[1, -1]]") == without_constant);
  // Nearly a face: at these n neither the corner's law nor the face's.
  CHECK(box("2", R"({"point": [1, 1e-4]})", "1") == of_one_token);
  CHECK(box("20", R"({"point": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]})", "1") == of_one_token);
  // The face is in reach of V, yet as far off as the corner is.
  CHECK(box("2", R"({"point": [1, 0]})", "[[1, 0.003]]") == without_error);
}

TEST_CASE("hardmax over a sphere and a ball, with values that see one direction",
          "[experiment][hardmax][statistics]") {
  const auto round = [](const std::string& law, const std::string& value) {
    return agreeing_predictions(R"("law": )" + law + R"(, "attention": {"matrix": 1, "value": )" + value +
                                R"(}, "query": {"point": [3, 4, 0]}, "temperatures": 0)");
  };
  const Counts all = {{"error", 2}, {"participation", 1}, {"gap", 2}};
  const Counts without_error = {{"participation", 1}, {"gap", 2}};
  for (const std::string law : {R"({"type": "sphere", "dimension": 3, "radius": 2})",
                                R"({"type": "ball", "dimension": 3, "radius": 2})"}) {
    const bool is_sphere = law.find("sphere") != std::string::npos;
    CHECK(round(law, "[[3, 4, 0]]") == all);  // along the query: the error is the gap's
    CHECK(round(law, "[[4, -3, 0], [0, 0, 2]]") == (is_sphere ? all : without_error));
    CHECK(round(law, "1") == (is_sphere ? all : without_error));
    CHECK(round(law, "[[3, 4, 0.5]]") == without_error);  // between the two
    CHECK(round(law, "0") == without_error);
  }
  CHECK(
      agreeing_predictions(
          R"("law": {"type": "ball", "dimension": 1}, "attention": {"matrix": 1}, "query": {"radius": 1}, "temperatures": 0)") ==
      all);
  CHECK(
      agreeing_predictions(
          R"("law": {"type": "sphere", "dimension": 2}, "attention": {"matrix": 1}, "query": {"radius": 1}, "temperatures": 0)") ==
      all);
}

TEST_CASE("hardmax over atoms: those that tie share, and few tokens may hold none",
          "[experiment][hardmax][statistics]") {
  const auto atoms = [](const std::string& law, const std::string& point) {
    return agreeing_predictions(R"("law": )" + law + R"(, "attention": {"matrix": 1}, "query": {"point": )" +
                                point + R"(}, "temperatures": 0)");
  };
  const Counts shared = {{"participation", 2}};
  const Counts tied = {{"error", 2}, {"participation", 2}};
  CHECK(atoms(R"({"type": "sphere", "dimension": 1})", "[1]") == shared);
  CHECK(atoms(R"({"type": "points", "dimension": 1, "points": [[-1], [1]]})", "[2]") == shared);
  CHECK(atoms(R"({"type": "two_point", "dimension": 1, "probability": 0.4})", "[1]") == shared);
  CHECK(atoms(R"({"type": "two_point", "dimension": 3, "probability": [0.7, 0.3, 0.8]})", "[1, 0, 2]") ==
        tied);
  CHECK(atoms(R"({"type": "two_point", "dimension": 5})", "[1, 1, 1, 1, 1]").empty());
  CHECK(
      atoms(R"({"type": "points", "dimension": 2, "points": [[1, 0], [1, 4], [0, 9]], "weights": [1, 3, 4]})",
            "[1, 0]") == tied);
  CHECK(
      atoms(R"({"type": "points", "dimension": 2, "points": [[1, 0], [1, 4], [0, 9]], "weights": [1, 3, 4]})",
            "[0, 1]") == shared);
  // A tie of the law that its tokens in float32 do not keep, and nearly one.
  CHECK(atoms(R"({"type": "points", "dimension": 2, "points": [[0.3, 0], [0.1, 0.1], [0, 0]]})", "[1, 2]")
            .empty());
  CHECK(atoms(R"({"type": "points", "dimension": 1, "points": [[1], [1.000000001], [0]]})", "[1]").empty());
}

TEST_CASE("softmax tokens go no nearer to hardmax than its own place on the face",
          "[experiment][hardmax][statistics]") {
  const auto distances = [](const std::string& law, const std::string& attention, const std::string& point) {
    return agreeing_predictions(R"("law": )" + law + R"(, "attention": )" + attention + R"(, "query": )" +
                                    point + R"(, "temperatures": 0.5)",
                                "distance_to_hardmax")["distance_to_hardmax"];
  };
  const std::string one = R"({"matrix": 1})";
  const std::string first = R"({"point": [1, 0]})";
  CHECK(distances(R"({"type": "box", "dimension": 2})", one, R"({"radius": 1})") == 1);
  CHECK(distances(R"({"type": "box", "dimension": 2})", R"({"matrix": 1, "value": [[1, 1]]})", first) == 0);
  CHECK(distances(R"({"type": "box", "dimension": 2})", R"({"matrix": 1, "value": [[2, 0]]})", first) == 1);
  CHECK(distances(R"({"type": "box", "dimension": 2})", one, R"({"point": [1, 1e-5]})") == 0);
  CHECK(distances(R"({"type": "two_point", "dimension": 2})", one, first) == 1);
  CHECK(distances(R"({"type": "two_point", "dimension": 12})", one,
                  R"({"point": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]})") == 0);
  CHECK(distances(R"({"type": "ball", "dimension": 2})", one, first) == 1);
}

TEST_CASE("logarithmic temperatures: the gap of infinitely many tokens where n are enough",
          "[experiment][hardmax][statistics]") {
  for (const std::string law : {R"({"type": "sphere", "dimension": 3})", R"({"type": "box", "dimension": 3})",
                                R"({"type": "two_point", "dimension": 3})"}) {
    const Counts counts = agreeing_predictions(
        R"("law": )" + law +
        R"(, "attention": {"matrix": 1}, "query": {"point": [1, 0.5, 0]}, "temperatures": [0.02, 1, 2], "temperature_unit": "logarithmic")");
    CHECK(counts == Counts{{"gap", 4}});
  }
}

TEST_CASE("tokens without a largest logit, and those that depend on each other",
          "[experiment][hardmax][statistics]") {
  const std::string rest = R"(, "attention": {"matrix": 1}, "query": {"radius": 1}, "temperatures": 0)";
  CHECK(agreeing_predictions(R"("law": {"type": "gaussian", "dimension": 1})" + rest) ==
        Counts{{"gap", 2}, {"participation", 1}});
  CHECK(
      agreeing_predictions(R"("law": {"type": "autoregressive", "dimension": 1, "correlation": 0.9})" + rest)
          .empty());
  CHECK(
      agreeing_predictions(
          R"("law": {"type": "gaussian_mixture", "dimension": 1, "components": [{"mean": -1}, {"mean": 1}]})" +
          rest)
          .empty());
}

TEST_CASE("the nearest of many tokens on a circle, which float32 cannot tell from the maximum",
          "[experiment][hardmax][statistics]") {
  const Result result = run(R"({"experiment": "hardmax", "law": {"type": "sphere", "dimension": 2},
    "attention": {"matrix": 1}, "query": {"radius": 1}, "temperatures": [0, 1e-9], "tokens": 100000, "replicates": 100})");
  const LargestCosine cosine = largest_cosine(2, 1e5);
  const Point& hardmax = result.curves[0].points[0];
  CHECK(hardmax.metrics[2]->mean == 1);
  CHECK(std::abs(hardmax.metrics[0]->mean - cosine.mean_distance) < 4 * hardmax.metrics[0]->standard_error());
  CHECK(std::abs(hardmax.metrics[3]->mean - cosine.mean_gap) < 4 * hardmax.metrics[3]->standard_error());
  // What softmax in float32 makes of it is coarser, but it says how coarse.
  const Estimate warmer = result.curves[1].points[0].metrics[3].value();
  CHECK(warmer.mean > 0);
  CHECK(warmer.mean < 1e-7);
}
