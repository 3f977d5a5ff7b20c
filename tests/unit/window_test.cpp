#include <algorithm>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "arbitrary.hpp"
#include "asymptoken/error.hpp"
#include "asymptoken/experiment.hpp"
#include "experiment/window/random_keys.hpp"
#include "run_experiment.hpp"

using namespace asymptoken;

namespace {

constexpr std::size_t metrics = 5;

const std::string small = R"({"experiment": "window", "seed": 3,
 "law": {"type": "autoregressive", "dimension": 3, "mean": [0.5, 0, -1],
         "covariance": [[1, 0.2, 0], [0.2, 0.7, 0], [0, 0, 1.3]], "correlation": 0.8},
 "attention": {"horizons": [0.4, 1.5]}, "context": 101, "random": 4,
 "tokens": [5, 8, 31, 60, 84, 101], "replicates": 2})";

/// A spec and what it says of the context.
struct Case {
  std::string json;
  Index context = 101;
  Index random_keys = 4;
};

Stream stream_of(const Spec& spec, const Item& item, StreamPurpose purpose) {
  return Stream::of(spec.seed, purpose, static_cast<std::uint32_t>(item.replicate),
                    static_cast<std::uint32_t>(item.first_point));
}

/// Output of one query over the keys listed, in float64 straight from the definition.
Vector output(const Vector& query, const Rows<double>& tokens, const std::vector<Index>& keys,
              const AttentionForm& form) {
  double highest = -INFINITY;
  std::vector<double> logits;
  for (const Index key : keys) {
    logits.push_back(tokens.row(key).dot(form.A * query));
    highest = std::max(highest, logits.back());
  }
  Vector sum = Vector::Zero(tokens.cols());
  double weight = 0;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    sum += std::exp(logits[k] - highest) * tokens.row(keys[k]).transpose();
    weight += std::exp(logits[k] - highest);
  }
  return form.V * sum / weight;
}

struct Naive {
  Rows<double> outputs;
  Vector mean() const { return outputs.colwise().mean(); }
  Matrix covariance() const {
    const Rows<double> centred = outputs.rowwise() - mean().transpose();
    return centred.transpose() * centred / static_cast<double>(outputs.rows());
  }
};

/// Keys of one query under the definition of the experiment: 2w+1 around it, inside the sequence, and random ones.
std::vector<Index> window_keys(const Case& one, const Spec& spec, const Item& item, std::int64_t seen,
                               Index query) {
  const auto n = static_cast<Index>(seen);
  const Index N = one.context;
  const Index w = (n - 1 - one.random_keys) / 2;
  Index first = query - w;
  while (first < 0) ++first;
  while (first + 2 * w + 1 > N) --first;
  std::vector<Index> keys;
  for (Index key = first; key <= first + 2 * w; ++key) keys.push_back(key);
  RandomKeys random(stream_of(spec, item, StreamPurpose::random_keys), N, one.random_keys + 1);
  random.append(query, first, first + 2 * w + 1, n - (2 * w + 1), keys);
  return keys;
}

std::vector<double> naive_values(const Case& one, const Spec& spec, const Item& item) {
  Rows<float> sampled(one.context, spec.law->dimension());
  spec.law->sample(stream_of(spec, item, StreamPurpose::tokens), 0, sampled);
  const Rows<double> tokens = sampled.cast<double>();
  std::vector<Index> all(static_cast<std::size_t>(one.context));
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = static_cast<Index>(k);
  std::vector<double> values;
  for (std::size_t point = item.first_point; point < item.first_point + item.points; ++point) {
    const std::int64_t n = spec.tokens[point];
    std::vector<std::uint32_t> words(static_cast<std::size_t>(n));
    random_words(stream_of(spec, item, StreamPurpose::draws), 0, words);
    std::vector<Index> draws;
    for (const std::uint32_t word : words) {
      draws.push_back(static_cast<Index>(std::floor(word * 0x1p-32 * static_cast<double>(one.context))));
    }
    for (const Head& head : spec.attention.heads) {
      const Moments limit = transformed_moments(*spec.law, head.form);
      for (const bool is_window : {true, false}) {
        Naive full{Rows<double>(one.context, head.form.V.rows())};
        Naive seen = full;
        for (Index i = 0; i < one.context; ++i) {
          const Vector query = tokens.row(i).transpose();
          full.outputs.row(i) = output(query, tokens, all, head.form).transpose();
          const std::vector<Index> keys = is_window ? window_keys(one, spec, item, n, i) : draws;
          REQUIRE(keys.size() == static_cast<std::size_t>(n));
          seen.outputs.row(i) = output(query, tokens, keys, head.form).transpose();
        }
        values.push_back((seen.mean() - full.mean()).norm());
        values.push_back((seen.covariance() - full.covariance()).norm());
        values.push_back((seen.outputs - full.outputs).squaredNorm() /
                         static_cast<double>(seen.outputs.size()));
        values.push_back((seen.mean() - limit.mean).norm());
        values.push_back((seen.covariance() - limit.covariance).norm());
      }
    }
  }
  return values;
}

std::string refusal(const std::string& path, const std::string& value) {
  return sentence([&] { job_of(with_setting(small, path, value)); });
}

}  // namespace

TEST_CASE("window measures what its definition says, query by query", "[window]") {
  const std::string separate = with_setting(small, "tokens", R"({"list": [5, 60], "nested": false})");
  const std::string local = with_setting(with_setting(small, "random", "0"), "tokens", "[1, 2, 40, 101]");
  const std::string long_context =
      with_setting(with_setting(small, "context", "2300"), "tokens", "[150, 2100, 2300]");
  const Case cases[] = {{.json = small},
                        {.json = separate},
                        {.json = local, .random_keys = 0},
                        {.json = long_context, .context = 2300}};
  for (const Case& one : cases) {
    const auto job = job_of(one.json);
    const std::size_t last = job->replicate_count() - 1;
    const std::vector<double> expected = naive_values(one, job->spec(), job->replicate(last));
    const std::vector<double> values = execute(*job, last);
    REQUIRE(values.size() == expected.size());
    REQUIRE_NOTHROW(job->add(job->preliminary_items() + last, values));
    for (std::size_t i = 0; i < values.size(); ++i) {
      INFO("value " << i);
      CHECK(values[i] == Catch::Approx(expected[i]).epsilon(2e-4).margin(2e-6));
    }
  }
}

TEST_CASE("a window of the whole context gives what the full context gives", "[window]") {
  const auto job = job_of(small);
  const std::vector<double> values = execute(*job, 0);
  const std::size_t per_point = 4 * metrics;
  for (const std::size_t curve : {std::size_t{0}, std::size_t{2}}) {
    const double* last = values.data() + values.size() - per_point + curve * metrics;
    CHECK(last[0] < 1e-6);
    CHECK(last[1] < 1e-6);
    CHECK(last[2] < 1e-12);
  }
}

TEST_CASE("how a window's item is sliced, and where it runs, does not move a bit", "[window]") {
  for (const std::string& json :
       {with_setting(small, "deterministic", "true"),
        with_setting(with_setting(with_setting(small, "context", "2300"), "tokens", "[150, 2100]"),
                     "deterministic", "true")}) {
    const auto job = job_of(json);
    const std::vector<double> whole = execute(*job, 0);
    for (const double work : {1.0, 7e4, 1e9}) {
      const auto sliced = start(*job, 0);
      double before = 0;
      while (!sliced->advance(work)) {
        CHECK(sliced->fraction_done() >= before);
        before = sliced->fraction_done();
      }
      CHECK(sliced->values() == whole);
    }
    for (const SimdTarget target : available_simd_targets()) {
      CHECK(execute(*job, 0, {.target = target}) == whole);
    }
  }
}

TEST_CASE("random keys are different, outside the window, and equally likely", "[window]") {
  RandomKeys random(Stream::of(1, StreamPurpose::random_keys), 12, 4);
  std::vector<int> counts(12, 0);
  constexpr int queries = 20000;
  for (Index query = 0; query < queries; ++query) {
    std::vector<Index> keys;
    random.append(query, 3, 8, 4, keys);
    const std::set<Index> different(keys.begin(), keys.end());
    CHECK(different.size() == 4);
    for (const Index key : keys) {
      ++counts[static_cast<std::size_t>(key)];
    }
  }
  for (Index key = 0; key < 12; ++key) {
    const bool inside = key >= 3 && key < 8;
    const double expected = inside ? 0.0 : queries * 4.0 / 7.0;
    // five standard deviations of a binomial count: beyond for one of the seven once in 2 10^5 seeds
    const double deviation = std::sqrt(queries * (4.0 / 7.0) * (3.0 / 7.0));
    CHECK(std::abs(counts[static_cast<std::size_t>(key)] - expected) <= (inside ? 0.0 : 5 * deviation));
  }
}

// At small logits Gamma_n - Gamma_N is an average of n values less that of all N: of variance 1/n for i.i.d. draws, and
// (1/n)(N-n)/(N-1) for n different tokens, which a window of exchangeable tokens is. [derived]
TEST_CASE("windows of independent tokens err like draws without replacement, those of like tokens more",
          "[window][statistics]") {
  const std::string weak = R"({"experiment": "window", "law": {"type": "gaussian", "dimension": 2},
    "attention": {"matrix": 0.01}, "context": 512, "random": 8, "tokens": [33, 257], "replicates": 100})";
  const Result independent = run(weak);
  const Result alike =
      run(with_setting(weak, "law", R"({"type": "autoregressive", "dimension": 2, "correlation": 0.95})"));
  const auto error = [](const Result& result, std::size_t curve, std::size_t point) {
    return result.curves[curve].points[point].metrics[2].value();
  };
  for (std::size_t point = 0; point < 2; ++point) {
    const auto n = static_cast<double>(independent.curves[0].points[point].n);
    const double without_replacement = (512 - n) / 511;
    const Estimate window = error(independent, 0, point);
    const Estimate iid = error(independent, 1, point);
    // four standard errors of the difference: one seed in 10^4
    CHECK(std::abs(window.mean - without_replacement * iid.mean) <
          4 * std::hypot(window.standard_error(), without_replacement * iid.standard_error()));
    const Estimate worse = error(alike, 0, point);
    const Estimate draws = error(alike, 1, point);
    CHECK(worse.mean - draws.mean * without_replacement >
          4 * std::hypot(worse.standard_error(), draws.standard_error()));
  }
}

TEST_CASE("i.i.d. draws from a sequence err as n^-1/2", "[window][statistics]") {
  const Result result = run(R"({"experiment": "window",
    "law": {"type": "autoregressive", "dimension": 2, "correlation": 0.9}, "attention": {"horizons": 0.5},
    "context": 512, "tokens": {"list": [32, 64, 128, 256, 512], "nested": false}, "replicates": 150})");
  const Curve& iid = result.curves[1];
  CHECK_FALSE(result.points_share_tokens);
  for (const std::size_t metric : {std::size_t{0}, std::size_t{1}}) {
    const PowerLawFit fit = iid.fits[metric].value();
    CHECK(std::abs(fit.slope + 0.5) < 4 * std::max(fit.slope_standard_error, 0.015));
  }
  CHECK(std::abs(iid.fits[2].value().slope + 1) <
        4 * std::max(iid.fits[2].value().slope_standard_error, 0.03));
  CHECK(result.curves[0].predictions.empty());
}

TEST_CASE("what does not fit a window is refused in one sentence", "[window]") {
  CHECK(refusal("tokens", "102")
            .starts_with("tokens is 102; expected from 5, a query and `random` keys, to 101"));
  CHECK(refusal("tokens", "4").starts_with("tokens is 4; expected from 5"));
  CHECK(refusal("context", "0").starts_with("context is 0; expected"));
  CHECK(refusal("random", "-1").starts_with("random is -1; expected"));
  CHECK(refusal("queries", "3").starts_with("queries is 3; expected no such field"));
}

TEST_CASE("an autoregressive sequence is correlated as it says", "[law][window]") {
  constexpr Index n = 400000;
  const double phi = 0.9;
  const LawPointer law = autoregressive(Vector{{1.0, -2.0}}, Matrix{{2.0, 0.5}, {0.5, 1.0}}, phi);
  Rows<float> sampled(n, 2);
  law->sample(Stream::of(21, StreamPurpose::tokens), 0, sampled);
  const Matrix centred = sampled.cast<double>().rowwise() - law->mean().transpose();
  for (const Index lag : {0, 1, 2, 10}) {
    const Matrix measured =
        centred.topRows(n - lag).transpose() * centred.bottomRows(n - lag) / static_cast<double>(n - lag);
    const Matrix expected = std::pow(phi, lag) * law->covariance();
    // Bartlett: the variance of each is at most 2 C_ii C_jj sum_k phi^2|k| / n = 2 C_ii C_jj (1+phi^2)/(1-phi^2)/n; five
    // standard deviations of 16 numbers, one seed in 10^5.
    const double spread = std::sqrt(2 * (1 + phi * phi) / (1 - phi * phi) / static_cast<double>(n));
    for (Index i = 0; i < 2; ++i) {
      for (Index j = 0; j < 2; ++j) {
        const double scale = std::sqrt(law->covariance()(i, i) * law->covariance()(j, j));
        CHECK(std::abs(measured(i, j) - expected(i, j)) < 5 * spread * scale);
      }
    }
  }
  // across the places where the recursion starts anew: token 4096 k resembles the one before as any other
  double product = 0;
  double count = 0;
  for (Index place = 4096; place < n; place += 4096, ++count) {
    product += centred(place, 0) * centred(place - 1, 0) / 2.0;
  }
  CHECK(std::abs(product / count - phi) < 5 * std::sqrt((1 + phi * phi) / count));
}

TEST_CASE("without correlation the tokens are the Gaussian's, bit for bit", "[law][window]") {
  const Vector mean{{1.0, -2.0}};
  for (const Matrix& covariance : {Matrix{{2.0, 0.5}, {0.5, 1.0}}, Matrix{{2.0, 0.0}, {0.0, 1.0}}}) {
    Rows<float> one(9000, 2);
    Rows<float> other(9000, 2);
    const Stream stream = Stream::of(22, StreamPurpose::tokens);
    autoregressive(mean, covariance, 0.0)->sample(stream, 11, one);
    gaussian(mean, covariance)->sample(stream, 11, other);
    CHECK((one.array() == other.array()).all());
  }
  CHECK_THROWS_AS(autoregressive(mean, Matrix::Identity(2, 2), 1.0), Error);
  CHECK_THROWS_AS(autoregressive(mean, Matrix::Identity(2, 2), std::nan("")), Error);
}

TEST_CASE("constants of independent tokens are not claimed of others", "[window]") {
  const std::string map =
      R"({"experiment": "map", "law": {"type": "autoregressive", "dimension": 2, "correlation": 0.5},
    "attention": {"matrix": 1}, "queries": {"radii": 1}, "tokens": 10})";
  CHECK(limit_json(parse_spec(map)).find("constant") == std::string::npos);
  CHECK(limit_json(parse_spec(with_setting(map, "law", R"({"type": "gaussian", "dimension": 2})")))
            .find("constant") != std::string::npos);
}
