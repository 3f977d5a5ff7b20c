#include "asymptoken/job.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstring>

#include "arbitrary.hpp"
#include "asymptoken/attention_jobs.hpp"
#include "asymptoken/error.hpp"
#include "stored_array.hpp"

using namespace asymptoken;

namespace {

// Several items, the last of them short, and keys that take several steps.
constexpr Index query_count = 500;
constexpr Index key_count = 2500;
constexpr double scale = 0.7;

const Rows<double> queries = 4 * arbitrary(query_count, 5, 1);
const Rows<double> keys = 4 * arbitrary(key_count, 5, 2);
const Rows<double> values = 2 * arbitrary(key_count, 3, 3).array() + 0.2;

void prepare(Job& job, Compute compute = {}) {
  for (std::size_t step = 0; step < job.preparation_steps(); ++step) {
    job.prepare(step, compute);
  }
}

/// Of one item, in slices of so much work; it gets ahead and is not done before its end.
std::vector<double> execute(const Job& job, std::size_t item, double slice = 1e18, Compute compute = {}) {
  const auto execution = job.start(item, compute);
  double before = 0;
  while (!execution->advance(slice)) {
    CHECK(execution->fraction_done() >= before);
    CHECK(execution->fraction_done() < 1);
    CHECK_THROWS_AS(execution->values(), Error);
    before = execution->fraction_done();
  }
  CHECK(execution->fraction_done() == 1);
  return execution->values();
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

/// Queries, keys and values in memory, and jobs over them.
class Arrays {
 public:
  explicit Arrays(NumberType type = NumberType::float64, bool are_by_columns = false)
      : queries_(are_by_columns ? by_columns(queries, type) : stored(queries, type)),
        keys_(are_by_columns ? by_columns(keys, type) : stored(keys, type)),
        values_(are_by_columns ? by_columns(values, type) : stored(values, type)) {}

  AttentionJob job(const AttentionOptions& options) const {
    return {queries_.array("q"), keys_.array("k"), values_.array("v"), options};
  }

 private:
  Stored queries_;
  Stored keys_;
  Stored values_;
};

/// The definition, row by row in float64: output, log-sum-exp, participation, entropy.
Rows<double> naive(const Rows<double>& x, const Rows<double>& y, const Rows<double>& v, double by) {
  Rows<double> rows(x.rows(), v.cols() + 3);
  for (Index i = 0; i < x.rows(); ++i) {
    const Vector logits = by * (y * x.row(i).transpose());
    const Vector raw = (logits.array() - logits.maxCoeff()).exp();
    const Vector weights = raw / raw.sum();
    const double log_sum_exp = logits.maxCoeff() + std::log(raw.sum());
    rows.row(i).head(v.cols()) = weights.transpose() * v;
    rows(i, v.cols()) = log_sum_exp;
    rows(i, v.cols() + 1) = weights.squaredNorm();
    rows(i, v.cols() + 2) = log_sum_exp - weights.dot(logits);
  }
  return rows;
}

/// All values of a job whose items are rows.
Rows<double> all_rows(const Job& job, Index width, double slice = 1e18, Compute compute = {}) {
  std::vector<double> all;
  for (std::size_t item = 0; item < job.size(); ++item) {
    const std::vector<double> some = execute(job, item, slice, compute);
    all.insert(all.end(), some.begin(), some.end());
  }
  return Eigen::Map<const Rows<double>>(all.data(), std::ssize(all) / width, width);
}

/// What `attend` gives, in the form of a job's rows.
template <class T>
Rows<double> attended(Compute compute) {
  const Rows<T> x = queries.cast<T>();
  const Rows<T> y = keys.cast<T>();
  const Rows<T> v = values.cast<T>();
  const AttentionOutput<T> out = attend<T>(x, y, v, static_cast<T>(scale), compute, Spread::compute);
  Rows<double> rows(x.rows(), v.cols() + 3);
  rows << out.output.template cast<double>(), out.log_sum_exp, out.participation, out.entropy;
  return rows;
}

void check_summary(const Summary& summary, const Vector& numbers) {
  CHECK(summary.smallest == numbers.minCoeff());
  CHECK(summary.mean == Catch::Approx(numbers.mean()).epsilon(1e-13));
  CHECK(summary.largest == numbers.maxCoeff());
}

/// Two items, then three that wait for them. The values of item i are i + 1 numbers.
class Staged final : public Job {
 public:
  Staged() { lay_out({{10, 20}, {}, {1, 2, 3}}); }

  std::unique_ptr<Execution> start(std::size_t /*item*/, Compute /*compute*/) const override {
    return nullptr;
  }
  std::size_t items_that_fit(double /*bytes*/) const override { return 1; }
  std::vector<std::size_t> taken;

 protected:
  std::size_t value_count(std::size_t item) const override { return item + 1; }
  void take(std::size_t item, std::span<const double> /*values*/) override { taken.push_back(item); }
};

}  // namespace

// ---- Job -------------------------------------------------------------------------------------------------------------------

TEST_CASE("items of a stage wait for all values of the stages before it", "[job]") {
  Staged job;
  CHECK(job.size() == 5);
  CHECK(job.total_work() == 36);
  CHECK(job.work(1) == 20);
  CHECK(job.work(4) == 3);
  CHECK(job.startable() == 2);
  job.add(1, std::vector<double>(2));
  CHECK(job.startable() == 2);
  CHECK(job.has(1));
  CHECK_FALSE(job.has(0));
  CHECK_FALSE(job.has(5));
  CHECK(job.work_done() == 20);
  // What comes early is kept, and opens nothing.
  job.add(4, std::vector<double>(5));
  CHECK(job.startable() == 2);
  job.add(0, std::vector<double>(1));
  CHECK(job.startable() == 5);
  job.add(2, std::vector<double>(3));
  job.add(3, std::vector<double>(4));
  CHECK(job.startable() == 5);
  CHECK(job.items_done() == 5);
  CHECK(job.work_done() == job.total_work());
  CHECK(job.taken == std::vector<std::size_t>{1, 4, 0, 2, 3});
}

TEST_CASE("a job refuses what is no item of it, and leaves what it has", "[job]") {
  Staged job;
  CHECK(sentence([&] { job.add(5, std::vector<double>(6)); }) == "item is 5; expected a number below 5");
  CHECK(sentence([&] { job.add(1, std::vector<double>(1)); }) ==
        "number of values of item 1 is 1; expected 2");
  CHECK(sentence([&] { job.add(1, std::vector<double>(3)); }) ==
        "number of values of item 1 is 3; expected 2");
  CHECK(job.taken.empty());
  CHECK(job.items_done() == 0);
  job.add(1, std::vector<double>(2));
  job.add(1, std::vector<double>(2));
  CHECK(job.taken.size() == 1);
  CHECK(job.items_done() == 1);
  CHECK(job.work_done() == 20);
  // Of one that is there too.
  CHECK(sentence([&] { job.add(1, std::vector<double>(3)); }) ==
        "number of values of item 1 is 3; expected 2");
}

// ---- AttentionJob ----------------------------------------------------------------------------------------------------------

TEST_CASE("attention as a job is attention", "[job][attention]") {
  const Rows<double> exact = naive(queries, keys, values, scale);
  for (const NumberType precision : {NumberType::float32, NumberType::float64}) {
    for (const NumberType type : {NumberType::float32, NumberType::float64}) {
      for (const bool are_by_columns : {false, true}) {
        INFO("computed in " << name_of(precision) << " of " << name_of(type));
        const Arrays arrays(type, are_by_columns);
        for (const SimdTarget target : available_simd_targets()) {
          for (const bool deterministic : {false, true}) {
            AttentionJob job = arrays.job({.scale = scale,
                                           .precision = precision,
                                           .deterministic = deterministic,
                                           .spread = Spread::compute});
            prepare(job);
            CHECK(job.value_dimension() == 3);
            REQUIRE(job.row_width() == 6);
            const Rows<double> rows = all_rows(job, 6, 1e18, {.target = target});
            REQUIRE(rows.rows() == query_count);
            // Numbers between -2 and 2 that float32 holds to 1e-7 lose as much on the way.
            const bool is_exact = precision == NumberType::float64 && type == NumberType::float64;
            CHECK((rows - exact).cwiseAbs().maxCoeff() < (is_exact ? 1e-13 : 2e-5));
            if (type == NumberType::float64) {
              const Compute compute{.target = target, .deterministic = deterministic};
              CHECK(rows == (precision == NumberType::float32 ? attended<float>(compute)
                                                              : attended<double>(compute)));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("arrays of many numbers are read in steps", "[job][attention]") {
  const Rows<double> wide_queries = arbitrary(200, 1000, 6);
  const Rows<double> wide_keys = arbitrary(300, 1000, 7);
  const Rows<double> wide_values = arbitrary(300, 2, 8);
  const Stored x = stored(wide_queries);
  const Stored v = stored(wide_values);
  for (const NumberType precision : {NumberType::float32, NumberType::float64}) {
    const AttentionOptions options{.scale = scale, .precision = precision, .spread = Spread::compute};
    const Stored y = stored(wide_keys);
    AttentionJob job(x.array("q"), y.array("k"), v.array("v"), options);
    CHECK(job.preparation_steps() == 5);
    prepare(job);
    CHECK((all_rows(job, 5) - naive(wide_queries, wide_keys, wide_values, scale)).cwiseAbs().maxCoeff() <
          (precision == NumberType::float64 ? 1e-12 : 2e-4));
    Rows<double> bad = wide_keys;
    bad(299, 999) = std::nan("");
    const Stored bad_keys = stored(bad);
    AttentionJob stopped(x.array("q"), bad_keys.array("k"), v.array("v"), options);
    CHECK(sentence([&] { prepare(stopped); }) ==
          "k is nan at row 299, column 999 (counted from 0); expected finite numbers");
  }
}

TEST_CASE("without spread an attention row ends with its log-sum-exp", "[job][attention]") {
  const Arrays arrays;
  AttentionJob plain = arrays.job({.scale = scale, .precision = NumberType::float64});
  AttentionJob spread =
      arrays.job({.scale = scale, .precision = NumberType::float64, .spread = Spread::compute});
  prepare(plain);
  prepare(spread);
  REQUIRE(plain.row_width() == 4);
  CHECK(all_rows(plain, 4) == all_rows(spread, 6).leftCols(4));
}

TEST_CASE("items of attention are blocks of queries, one after the other", "[job][attention]") {
  const Arrays arrays;
  const AttentionJob job = arrays.job({.scale = scale});
  Index next = 0;
  double work = 0;
  for (std::size_t item = 0; item < job.size(); ++item) {
    CHECK(job.rows_of(item).first == next);
    CHECK(job.rows_of(item).size() > 0);
    next = job.rows_of(item).last;
    work += job.work(item);
  }
  CHECK(next == query_count);
  CHECK(job.size() > 2);
  CHECK(job.rows_of(job.size() - 1).size() < job.rows_of(0).size());
  CHECK(job.startable() == job.size());
  CHECK(work == Catch::Approx(job.total_work()));
}

TEST_CASE("how attention is sliced does not move a bit", "[job][attention]") {
  const Arrays arrays;
  for (const NumberType precision : {NumberType::float32, NumberType::float64}) {
    AttentionJob job = arrays.job({.scale = scale, .precision = precision, .spread = Spread::compute});
    prepare(job);
    for (const std::size_t item : {std::size_t{0}, job.size() - 1}) {
      const std::vector<double> whole = execute(job, item);
      for (const double slice : {1.0, 1.5e6, 3e6}) {
        CHECK(same_bits(execute(job, item, slice), whole));
      }
    }
  }
}

TEST_CASE("statistics of attention are those of its rows, whatever the order in which they come",
          "[job][attention]") {
  const Arrays arrays;
  const AttentionOptions options{.scale = scale, .precision = NumberType::float64, .spread = Spread::compute};
  AttentionJob forward = arrays.job(options);
  complete(forward);
  AttentionJob shuffled = arrays.job(options);
  prepare(shuffled);
  const std::size_t count = shuffled.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t item = (7 * i + 3) % count;  // 11 items
    shuffled.add(item, execute(shuffled, item, 1e6));
  }
  CHECK(shuffled.items_done() == count);

  const Rows<double> rows = all_rows(forward, 6);
  const AttentionStatistics statistics = forward.statistics();
  const Rows<double> outputs = rows.leftCols(3);
  const Vector mean = outputs.colwise().mean();
  const Rows<double> centred = outputs.rowwise() - mean.transpose();
  const Matrix covariance = centred.transpose() * centred / static_cast<double>(query_count);
  CHECK((statistics.outputs.mean - mean).norm() < 1e-13 * mean.norm());
  CHECK((statistics.outputs.covariance - covariance).norm() < 1e-13 * covariance.norm());
  check_summary(statistics.log_sum_exp, rows.col(3));
  check_summary(statistics.participation, rows.col(4));
  check_summary(statistics.entropy, rows.col(5));

  const AttentionStatistics other = shuffled.statistics();
  CHECK(other.outputs.mean == statistics.outputs.mean);
  CHECK(other.outputs.covariance == statistics.outputs.covariance);
  for (const auto summary : {&AttentionStatistics::log_sum_exp, &AttentionStatistics::participation,
                             &AttentionStatistics::entropy}) {
    CHECK((other.*summary).smallest == (statistics.*summary).smallest);
    CHECK((other.*summary).mean == (statistics.*summary).mean);
    CHECK((other.*summary).largest == (statistics.*summary).largest);
  }
}

TEST_CASE("arrays that do not fit each other are refused in one sentence", "[job][attention]") {
  const auto refusal = [](const Stored& x, const Stored& y, const Stored& v) {
    return sentence(
        [&] { AttentionJob(x.array("q.npy"), y.array("k.npy"), v.array("v.npy"), {.scale = 1}); });
  };
  const Stored x = stored(queries);
  const Stored y = stored(keys);
  const Stored v = stored(values);
  CHECK(refusal(x, y, v) == "accepted");
  CHECK(refusal(Stored(queries.col(0), NumberType::float64, {query_count}, {}), y, v) ==
        "q.npy is an array of shape (500,); expected two dimensions, one token a row");
  CHECK(refusal(x, y, Stored(values.col(0), NumberType::float64, {key_count}, {})) ==
        "v.npy is an array of shape (2500,); expected two dimensions, one token a row");
  CHECK(refusal(x, stored(keys, NumberType::float32), v) ==
        "k.npy is an array of type float32; expected the type of q.npy, float64");
  CHECK(refusal(x, y, stored(values, NumberType::float32)) ==
        "v.npy is an array of type float32; expected the type of q.npy, float64");
  CHECK(refusal(x, stored(keys.leftCols(4)), v) ==
        "k.npy is an array of shape (2500, 4); expected as many columns as q.npy has, 5");
  CHECK(refusal(x, y, stored(values.topRows(2499))) ==
        "v.npy is an array of shape (2499, 3); expected as many rows as k.npy has, 2500");
}

TEST_CASE("a number that is not finite stops the preparation, one that overflows its item",
          "[job][attention]") {
  for (const NumberType precision : {NumberType::float32, NumberType::float64}) {
    for (const int which : {0, 1, 2}) {
      Rows<double> arrays[] = {queries, keys, values};
      arrays[which](499, 2) = std::nan("");
      const Stored x = stored(arrays[0]);
      const Stored y = stored(arrays[1]);
      const Stored v = stored(arrays[2]);
      AttentionJob job(x.array("q"), y.array("k"), v.array("v"), {.scale = scale, .precision = precision});
      CHECK(sentence([&] { prepare(job); }) ==
            std::string(1, "qkv"[which]) +
                " is nan at row 499, column 2 (counted from 0); expected finite numbers");
    }
  }
  const Stored y = stored(keys);
  const Stored v = stored(values);
  const auto refusal = [&](const Rows<double>& rows, NumberType precision) {
    const Stored x = stored(rows);
    AttentionJob job(x.array("q"), y.array("k"), v.array("v"), {.scale = scale, .precision = precision});
    return sentence([&] { complete(job); });
  };
  Rows<double> large = queries;
  large.row(100).setConstant(1e38);
  CHECK(refusal(large, NumberType::float64) == "accepted");
  CHECK(refusal(large, NumberType::float32) ==
        "attention of query row 100 is not finite; expected logits and values within the range of float32 "
        "(float64 has a larger one)");
  large.row(100).setConstant(1e308);
  CHECK(refusal(large, NumberType::float64) ==
        "attention of query row 100 is not finite; expected logits and values within the range of float64");
}

TEST_CASE("attention that does not fit in memory is refused with the amount", "[job][attention]") {
  const Arrays arrays;
  const AttentionJob job = arrays.job({.scale = scale});
  CHECK(sentence([&] { job.items_that_fit(1000); }).starts_with("the memory for 2500 keys and values is "));
  CHECK(sentence([&] {
          job.items_that_fit(1000);
        }).ends_with("; expected at most 1.0 kB, which this machine can give"));
  const std::size_t few = job.items_that_fit(2e5);
  CHECK(few >= 1);
  CHECK(job.items_that_fit(1e6) > few);
}

// ---- WeightsJob ------------------------------------------------------------------------------------------------------------

namespace {

/// What the items of a part say, put together again.
struct Part {
  Rows<double> largest, mean;
  Vector log_sum_exp, participation;
};

Part part_of(const WeightsJob& job, const MatrixPart& part, double slice = 1e18, Compute compute = {}) {
  const Index height = (part.rows.size() + part.side - 1) / part.side;
  Part all{.largest = Rows<double>(height, job.width()),
           .mean = Rows<double>(height, job.width()),
           .log_sum_exp = Vector(part.rows.size()),
           .participation = Vector(part.rows.size())};
  Index next = part.rows.first;
  for (std::size_t item = 0; item < job.size(); ++item) {
    const IndexRange range = job.rows_of(item);
    CHECK(range.first == next);
    next = range.last;
    const Index blocks = (range.size() + part.side - 1) / part.side;
    const Index first_block = (range.first - part.rows.first) / part.side;
    const std::vector<double> numbers = execute(job, item, slice, compute);
    const double* place = numbers.data();
    for (Rows<double>* pooled : {&all.largest, &all.mean}) {
      if (pooled == &all.largest || part.side > 1) {
        pooled->middleRows(first_block, blocks) = Eigen::Map<const Rows<double>>(place, blocks, job.width());
        place += blocks * job.width();
      }
    }
    for (Vector* of_query : {&all.log_sum_exp, &all.participation}) {
      of_query->segment(range.first - part.rows.first, range.size()) =
          Eigen::Map<const Vector>(place, range.size());
      place += range.size();
    }
    CHECK(place == numbers.data() + numbers.size());
  }
  CHECK(next == part.rows.last);
  return all;
}

void check_part(const Part& found, const MatrixPart& part, const Rows<double>& x, const Rows<double>& y,
                double by) {
  const Rows<double> summary = naive(x, y, y, by);
  const Vector log_sum_exp = summary.col(y.cols()).segment(part.rows.first, part.rows.size());
  CHECK((found.log_sum_exp - log_sum_exp).cwiseAbs().maxCoeff() < 1e-5);
  const Vector participation = summary.col(y.cols() + 1).segment(part.rows.first, part.rows.size());
  CHECK((found.participation - participation).cwiseAbs().maxCoeff() < 1e-5);
  const Rows<float> some_queries = x.middleRows(part.rows.first, part.rows.size()).cast<float>();
  const Rows<float> some_keys = y.middleRows(part.columns.first, part.columns.size()).cast<float>();
  const Rows<double> weights =
      attention_weights(some_queries, some_keys, static_cast<float>(by), log_sum_exp).cast<double>();
  for (Index i = 0; i < found.largest.rows(); ++i) {
    for (Index j = 0; j < found.largest.cols(); ++j) {
      const Rows<double> block =
          weights.block(i * part.side, j * part.side, std::min(part.side, weights.rows() - i * part.side),
                        std::min(part.side, weights.cols() - j * part.side));
      CHECK(found.largest(i, j) == Catch::Approx(block.maxCoeff()).epsilon(2e-5));
      if (part.side > 1) {
        CHECK(found.mean(i, j) == Catch::Approx(block.mean()).epsilon(2e-5));
      }
    }
  }
}

}  // namespace

TEST_CASE("the weights of a part of an attention matrix", "[job][weights]") {
  for (const NumberType type : {NumberType::float32, NumberType::float64}) {
    const Stored x = stored(queries, type);
    const Stored y = by_columns(keys, type);
    AttentionMatrix matrix(x.array("q"), y.array("k"), scale, false);
    CHECK(matrix.rows() == query_count);
    CHECK(matrix.columns() == key_count);
    for (const MatrixPart& part :
         {MatrixPart{.rows = {.first = 0, .last = query_count}, .columns = {.first = 0, .last = 70}},
          MatrixPart{.rows = {.first = 333, .last = 334}, .columns = {.first = 2400, .last = 2500}},
          MatrixPart{.rows = {.first = 17, .last = 411}, .columns = {.first = 900, .last = 2300}, .side = 7},
          MatrixPart{.rows = {.first = 3, .last = 450}, .columns = {.first = 5, .last = 2500}, .side = 200},
          MatrixPart{.rows = {.first = 0, .last = query_count},
                     .columns = {.first = 0, .last = key_count},
                     .side = 5000}}) {
      INFO("rows from " << part.rows.first << ", blocks of " << part.side);
      WeightsJob job(matrix, part);
      prepare(job);
      CHECK(job.width() == (part.columns.size() + part.side - 1) / part.side);
      const Part found = part_of(job, part);
      check_part(found, part, queries, keys, scale);
      // The bits do not depend on where an item pauses.
      const Part sliced = part_of(job, part, 1.0);
      CHECK(sliced.largest == found.largest);
      CHECK((part.side == 1 || sliced.mean == found.mean));
      CHECK(sliced.log_sum_exp == found.log_sum_exp);
      CHECK(sliced.participation == found.participation);
    }
  }
}

TEST_CASE("the attention matrix of tokens that attend to each other", "[job][weights]") {
  constexpr Index n = 5000;
  const Matrix A = arbitrary(3, 3, 4);
  const LawPointer law = gaussian(Vector::Zero(3), arbitrary_covariance(3, 5));
  const Stream stream = Stream::of(8, StreamPurpose::tokens);
  Rows<float> sampled(n, 3);
  law->sample(stream, 0, sampled);
  const Rows<double> tokens = sampled.cast<double>();
  AttentionMatrix matrix(law, stream, n, A, true);
  const MatrixPart part{
      .rows = {.first = 4000, .last = 4300}, .columns = {.first = 4000, .last = 5000}, .side = 10};
  WeightsJob job(matrix, part);
  prepare(job);
  CHECK(matrix.keys() == sampled);
  const Part found = part_of(job, part);
  check_part(found, part, tokens * A.transpose(), tokens, 1);
  for (const SimdTarget target : available_simd_targets()) {
    CHECK(part_of(job, part, 1e18, {.target = target}).mean == found.mean);
  }
  // Another part needs no other preparation, and another preparation does no harm to one that is under way.
  const auto under_way = job.start(0, {});
  REQUIRE_FALSE(under_way->advance(1));
  const MatrixPart corner{.rows = {.first = 0, .last = 5}, .columns = {.first = 4995, .last = 5000}};
  WeightsJob next(matrix, corner);
  const Part before = part_of(next, corner);
  REQUIRE(next.preparation_steps() == 2);
  next.prepare(0, {});
  CHECK(matrix.cache().size() == n);
  while (!under_way->advance(1e18)) {
  }
  CHECK(same_bits(under_way->values(), execute(job, 0)));
  next.prepare(1, {});
  CHECK(part_of(next, corner).largest == before.largest);
  CHECK(matrix.cache().size() == n);
}

TEST_CASE("parts that lie outside the matrix, and too many tokens, are refused in one sentence",
          "[job][weights]") {
  const Stored x = stored(queries);
  const Stored y = stored(keys);
  AttentionMatrix matrix(x.array("q"), y.array("k"), scale, false);
  const auto refusal = [&](IndexRange rows, IndexRange columns, Index side = 1) {
    return sentence([&] { WeightsJob(matrix, {.rows = rows, .columns = columns, .side = side}); });
  };
  CHECK(refusal({0, 500}, {0, 2500}) == "accepted");
  CHECK(refusal({0, 501}, {0, 1}) == "rows is 0 to 501; expected a range within 0 to 500");
  CHECK(refusal({-1, 5}, {0, 1}) == "rows is -1 to 5; expected a range within 0 to 500");
  CHECK(refusal({5, 5}, {0, 1}) == "rows is 5 to 5; expected a range within 0 to 500");
  CHECK(refusal({0, 1}, {7, 2501}) == "columns is 7 to 2501; expected a range within 0 to 2500");
  CHECK(refusal({0, 1}, {0, 1}, 0) == "side is 0; expected an integer from 1 on");
  CHECK(refusal({0, 1}, {0, 1}, -3) == "side is -3; expected an integer from 1 on");

  const Stored wrong = stored(keys.leftCols(4));
  CHECK(sentence([&] { AttentionMatrix(x.array("q"), wrong.array("k"), 1, false); }) ==
        "k is 2500 x 4 float64; expected as many columns as q has, 5");
  const WeightsJob job(matrix, {.rows = {0, 500}, .columns = {0, 2500}, .side = 4});
  CHECK(
      sentence([&] {
        job.items_that_fit(1000);
      }).starts_with("tokens is 2500; expected so few tokens that they fit in 1.0 kB of memory: they need "));
  CHECK(job.items_that_fit(1e7) > job.items_that_fit(1e6));
}

// ---- TokensJob -------------------------------------------------------------------------------------------------------------

TEST_CASE("tokens as a job are those of the law", "[job][tokens]") {
  constexpr Index n = 10'000;
  const LawPointer laws[] = {gaussian(Vector{{1.0, -2.0}}, Matrix{{2.0, 0.5}, {0.5, 1.0}}),
                             autoregressive(Vector{{1.0, -2.0}}, Matrix{{2.0, 0.5}, {0.5, 1.0}}, 0.9)};
  for (const LawPointer& law : laws) {
    const Stream stream = Stream::of(4, StreamPurpose::tokens, 2);
    Rows<float> sampled(n, 2);
    law->sample(stream, 0, sampled);
    const TokensJob job(law, stream, n);
    CHECK(job.dimension() == 2);
    CHECK(job.size() > 1);
    CHECK(job.rows_of(0).first == 0);
    CHECK(job.rows_of(job.size() - 1).last == n);
    for (const double slice : {1e18, 1.0}) {
      for (const SimdTarget target : available_simd_targets()) {
        CHECK(all_rows(job, 2, slice, {.target = target}) == sampled.cast<double>());
      }
    }
    CHECK(job.items_that_fit(1) == 1);
    CHECK(job.items_that_fit(1e9) > 1);
  }
}
