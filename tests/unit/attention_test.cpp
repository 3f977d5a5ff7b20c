#include "asymptoken/attention.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstring>
#include <limits>

#include "asymptoken/error.hpp"
#include "asymptoken/random.hpp"

using namespace asymptoken;

namespace {

struct Inputs {
  Rows<float> queries, keys, values;
};

Inputs random_inputs(Index queries, Index keys, Index key_dimension, Index value_dimension,
                     std::uint64_t seed) {
  const auto normals = [&](Index rows, Index columns, std::uint64_t id) {
    Rows<float> result(rows, columns);
    normal_variates({seed, id}, 0, {result.data(), static_cast<std::size_t>(result.size())});
    return result;
  };
  return {normals(queries, key_dimension, 1), normals(keys, key_dimension, 2),
          normals(keys, value_dimension, 3)};
}

/// The definition, row by row in float64.
AttentionOutput<double> naive(const Rows<double>& queries, const Rows<double>& keys,
                              const Rows<double>& values, double scale) {
  AttentionOutput<double> out{.output = Rows<double>::Zero(queries.rows(), values.cols()),
                              .log_sum_exp = Vector::Zero(queries.rows()),
                              .participation = Vector::Zero(queries.rows()),
                              .entropy = Vector::Zero(queries.rows())};
  for (Index i = 0; i < queries.rows(); ++i) {
    const Vector logits = scale * (keys * queries.row(i).transpose());
    const double largest = logits.maxCoeff();
    const Vector weights = (logits.array() - largest).exp();
    const double sum = weights.sum();
    out.output.row(i) = weights.transpose() * values / sum;
    out.log_sum_exp[i] = largest + std::log(sum);
    out.participation[i] = weights.squaredNorm() / (sum * sum);
    out.entropy[i] = std::log(sum) - weights.dot((logits.array() - largest).matrix()) / sum;
  }
  return out;
}

std::vector<Compute> all_computes() {
  std::vector<Compute> computes;
  for (const SimdTarget target : available_simd_targets()) {
    computes.push_back({.target = target, .deterministic = false});
    computes.push_back({.target = target, .deterministic = true});
  }
  return computes;
}

template <class T>
double largest_difference(const AttentionOutput<T>& a, const AttentionOutput<double>& b) {
  return std::max({(a.output.template cast<double>() - b.output).cwiseAbs().maxCoeff(),
                   (a.log_sum_exp - b.log_sum_exp).cwiseAbs().maxCoeff(),
                   (a.participation - b.participation).cwiseAbs().maxCoeff(),
                   (a.entropy - b.entropy).cwiseAbs().maxCoeff()});
}

template <class T>
bool same_bits(const Rows<T>& a, const Rows<T>& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(T)) == 0;
}

}  // namespace

TEST_CASE("attention agrees with its definition for all kinds of sizes", "[attention]") {
  // Sizes around the kernel's blocks, panels and tiles, and odd ones.
  for (const Index keys : {1, 2, 7, 8, 9, 63, 64, 65, 130, 1024, 1025}) {
    for (const Index dimension : {1, 2, 3, 4, 5, 7, 8, 9, 17, 50}) {
      const Index queries = 1 + (keys * 7 + dimension) % 53;
      const Index value_dimension = 1 + (dimension * 5 + keys) % 19;
      const Inputs in = random_inputs(queries, keys, dimension, value_dimension, 1);
      const double scale = 1 / std::sqrt(static_cast<double>(dimension));
      const AttentionOutput<double> expected =
          naive(in.queries.cast<double>(), in.keys.cast<double>(), in.values.cast<double>(), scale);
      for (const Compute compute : all_computes()) {
        INFO(keys << " keys, dimension " << dimension << ", " << queries << " queries, "
                  << name_of(compute.target));
        CHECK(largest_difference(attend<float>(in.queries, in.keys, in.values, static_cast<float>(scale),
                                               compute, Spread::compute),
                                 expected) < 5e-6);
        CHECK(largest_difference(attend<double>(in.queries.cast<double>(), in.keys.cast<double>(),
                                                in.values.cast<double>(), scale, compute, Spread::compute),
                                 expected) < 1e-13);
      }
    }
  }
}

TEST_CASE("keys may arrive in parts", "[attention]") {
  const Inputs in = random_inputs(37, 5000, 6, 4, 2);
  const AttentionOutput<float> whole = attend<float>(in.queries, in.keys, in.values, 0.5F);
  KeyValueCache<float> cache(6, 4);
  StreamingAttention<float> attention(in.queries, 0.5F, 4);
  for (Index first = 0; first < 5000; first += 128) {
    const Index count = std::min<Index>(128, 5000 - first);
    cache.append(in.keys.middleRows(first, count), in.values.middleRows(first, count));
    attention.accumulate(cache, first, first + count);
  }
  SECTION("cut at multiples of 128 the bits are the same") {
    CHECK(same_bits(attention.result().output, whole.output));
    CHECK(attention.result().log_sum_exp == whole.log_sum_exp);
  }
  SECTION("cut anywhere the numbers are") {
    StreamingAttention<float> ragged(in.queries, 0.5F, 4);
    Index first = 0;
    for (const Index last : {1, 13, 14, 77, 1000, 1024, 3333, 5000}) {
      ragged.accumulate(cache, first, last);
      first = last;
    }
    CHECK((ragged.result().output - whole.output).cwiseAbs().maxCoeff() < 1e-6F);
  }
  SECTION("a result may be read on the way") {
    StreamingAttention<float> growing(in.queries, 0.5F, 4);
    growing.accumulate(cache, 0, 1024);
    const Rows<float> early = growing.result().output;
    CHECK(same_bits(early,
                    attend<float>(in.queries, in.keys.topRows(1024), in.values.topRows(1024), 0.5F).output));
    growing.accumulate(cache, 1024, 5000);
    CHECK(same_bits(growing.result().output, whole.output));
  }
}

TEST_CASE("several scales share the products", "[attention]") {
  const Inputs in = random_inputs(61, 1500, 7, 9, 7);
  const std::vector<float> scales = {0.1F, 1.0F, 30.0F};
  KeyValueCache<float> cache(7, 9);
  cache.append(in.keys, in.values);
  for (const Compute compute : all_computes()) {
    StreamingAttention<float> attention(in.queries, std::span<const float>(scales), 9, compute,
                                        Spread::compute);
    attention.accumulate(cache, 0, 77);
    attention.accumulate(cache, 77, 1500);
    for (std::size_t i = 0; i < scales.size(); ++i) {
      const AttentionOutput<double> expected =
          naive(in.queries.cast<double>(), in.keys.cast<double>(), in.values.cast<double>(),
                static_cast<double>(scales[i]));
      INFO(name_of(compute.target) << ", scale " << scales[i]);
      // A logit of a few hundred is known to 1e-5 in float32.
      CHECK(largest_difference(attention.result(i), expected) < 5e-6 * std::max(1.0F, 10 * scales[i]));
    }
  }
  CHECK_THROWS_AS(StreamingAttention<float>(in.queries, std::span<const float>(), 9), Error);
}

TEST_CASE("float32 stays accurate over a million keys", "[attention]") {
  const Inputs in = random_inputs(3, 1'000'000, 2, 2, 3);
  const AttentionOutput<double> expected =
      naive(in.queries.cast<double>(), in.keys.cast<double>(), in.values.cast<double>(), 1.0);
  for (const Compute compute : all_computes()) {
    INFO(name_of(compute.target));
    CHECK(largest_difference(attend<float>(in.queries, in.keys, in.values, 1.0F, compute, Spread::compute),
                             expected) < 2e-6);
  }
}

TEST_CASE("float32 keeps the accuracy that the header states", "[attention]") {
  struct Case {
    const char* name;
    Inputs in;
    float scale;
  };
  std::vector<Case> cases = {
      {"ordinary", random_inputs(40, 4000, 64, 64, 21), 0.125F},
      {"logits of 1e4", random_inputs(40, 3000, 8, 5, 22), 1000.0F},
      {"logits of 1e4 that cancel", random_inputs(40, 3000, 100, 5, 23), 300.0F},
      {"a million keys", random_inputs(3, 1'000'000, 3, 2, 24), 1e-3F},
      {"near ties", random_inputs(40, 5000, 6, 4, 25), 3000.0F},
  };
  // The keys of the last case differ in their last bits only.
  Rows<float>& keys = cases.back().in.keys;
  for (Index row = 1; row < keys.rows(); ++row) {
    keys.row(row) = keys.row(0) * (1.0F + 0x1p-22F * static_cast<float>(row % 3));
  }
  constexpr double unit = 0x1p-23;
  for (const Case& c : cases) {
    const AttentionOutput<double> expected = naive(c.in.queries.cast<double>(), c.in.keys.cast<double>(),
                                                   c.in.values.cast<double>(), static_cast<double>(c.scale));
    const double terms = static_cast<double>(
        c.scale * (c.in.queries.cwiseAbs() * c.in.keys.cwiseAbs().transpose().eval()).maxCoeff());
    const double bound = (unit * static_cast<double>(c.in.keys.cols() + 3) * terms + 4e-6) *
                         static_cast<double>(c.in.values.cwiseAbs().maxCoeff());
    for (const Compute compute : all_computes()) {
      const AttentionOutput<float> out =
          attend<float>(c.in.queries, c.in.keys, c.in.values, c.scale, compute);
      INFO(c.name << ", " << name_of(compute.target) << (compute.deterministic ? " deterministic" : ""));
      CHECK((out.output.cast<double>() - expected.output).cwiseAbs().maxCoeff() < bound);
    }
  }
}

TEST_CASE("sums of one sign do not drift, however many keys there are", "[attention]") {
  // A constant column, one that is nearly so, one of one sign, one of both, one of a single outlier.
  const auto values_of = [](Index n) {
    Rows<float> values(n, 5);
    uniform_variates({31, 1}, 0, {values.data(), static_cast<std::size_t>(values.size())});
    values.col(0).setConstant(0.9F);
    values.col(1) = 0.7F + 1e-3F * values.col(1).array();
    values.col(3) = values.col(3).array() - 0.5F;
    values.col(4).setConstant(0.3F);
    values(n / 2, 4) = -1.0F;
    return values;
  };
  for (const Index n : {1, 31, 33, 100, 128, 513, 2047, 2048, 10'000, 100'000, 1'000'000}) {
    const Rows<float> values = values_of(n);
    const Rows<float> repeated = Rows<float>::Constant(n, 1, 1.0F);
    Rows<float> spread_out(n, 1);
    normal_variates({31, 2}, 0, {spread_out.data(), static_cast<std::size_t>(n)});
    Rows<float> queries(4, 1);
    queries << 0.0F, 0.3F, -1.0F, 2.0F;
    for (const Rows<float>& keys : {repeated, spread_out}) {
      const AttentionOutput<double> expected =
          naive(queries.cast<double>(), keys.cast<double>(), values.cast<double>(), 1.0);
      const double bound = (0x1p-21 * 2 * keys.cwiseAbs().maxCoeff() + 3.6e-6);
      for (const Compute compute : all_computes()) {
        INFO(n << " keys, " << name_of(compute.target) << (compute.deterministic ? " deterministic" : ""));
        const AttentionOutput<float> out =
            attend<float>(queries, keys, values, 1.0F, compute, Spread::compute);
        CHECK((out.output.col(0).array() == 0.9F).all());
        for (Index column = 0; column < values.cols(); ++column) {
          const double error =
              (out.output.col(column).cast<double>() - expected.output.col(column)).cwiseAbs().maxCoeff();
          CHECK(error < bound * static_cast<double>(values.col(column).cwiseAbs().maxCoeff()));
          CHECK(out.output.col(column).minCoeff() >= values.col(column).minCoeff());
          CHECK(out.output.col(column).maxCoeff() <= values.col(column).maxCoeff());
        }
        // Equal weights: nothing but sums is left, and every kernel makes the same ones.
        CHECK((out.output.row(0).cast<double>() - expected.output.row(0)).cwiseAbs().maxCoeff() < 2e-6);
        CHECK((out.log_sum_exp - expected.log_sum_exp).cwiseAbs().maxCoeff() < 4e-6);
        CHECK(((out.participation - expected.participation).array() / expected.participation.array())
                  .abs()
                  .maxCoeff() < 8e-6);
      }
    }
  }
}

TEST_CASE("values up to the end of the range are averaged", "[attention]") {
  const Inputs in = random_inputs(37, 5000, 3, 4, 33);
  const auto check = [&]<class T>(T largest, double tolerance) {
    Rows<T> values = in.values.cast<T>();
    values *= largest / values.cwiseAbs().maxCoeff();
    // Two columns of one size, the larger ones in the middle of the keys alone.
    values.col(0).setConstant(largest);
    values.col(1).topRows(2000).setConstant(1);
    const Rows<T> queries = in.queries.cast<T>();
    const Rows<T> keys = in.keys.cast<T>();
    // The average of small ones, which the definition can sum.
    const double unit = static_cast<double>(largest);
    AttentionOutput<double> expected = naive(queries.template cast<double>(), keys.template cast<double>(),
                                             (values.template cast<double>().array() / unit).matrix(), 1.0);
    for (const Compute compute : all_computes()) {
      INFO(largest << ", " << name_of(compute.target));
      const AttentionOutput<T> whole = attend<T>(queries, keys, values, T(1), compute);
      CHECK((whole.output.template cast<double>() / unit - expected.output).cwiseAbs().maxCoeff() <
            tolerance);
      CHECK((whole.log_sum_exp - expected.log_sum_exp).cwiseAbs().maxCoeff() < tolerance);
      CHECK((whole.output.col(0).array() == largest).all());
      // Another cut of the keys scales down at the same one.
      KeyValueCache<T> cache(3, 4);
      StreamingAttention<T> parts(queries, T(1), 4, compute);
      for (Index first = 0; first < 5000; first += 128) {
        const Index count = std::min<Index>(128, 5000 - first);
        cache.append(keys.middleRows(first, count), values.middleRows(first, count));
        parts.accumulate(cache, first, first + count);
      }
      CHECK(same_bits(parts.result().output, whole.output));
    }
  };
  for (const float largest : {1e30F, 1e33F, 1e36F, 3e38F, std::numeric_limits<float>::max()}) {
    check(largest, 4e-6);
  }
  for (const double largest : {1e300, std::numeric_limits<double>::max()}) {
    check(largest, 1e-13);
  }
  SECTION("those that come late too") {
    Rows<float> values = Rows<float>::Constant(4096, 1, 1.0F);
    values.bottomRows(1000).setConstant(3e38F);
    const Rows<float> zeros = Rows<float>::Zero(4096, 1);
    for (const Compute compute : all_computes()) {
      const AttentionOutput<float> out = attend<float>(zeros.topRows(3), zeros, values, 1.0F, compute);
      CHECK(std::abs(static_cast<double>(out.output(2, 0)) / (3e38 * 1000 / 4096) - 1) < 1e-6);
    }
  }
}

TEST_CASE("logits of 1e4 and ties are ordinary input", "[attention]") {
  Rows<float> keys(5, 1);
  keys << 100, -100, 100, 99, 0;
  Rows<float> values(5, 2);
  values << 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
  Rows<float> queries(3, 1);
  queries << 100, -100, 0;
  Rows<float> expected(3, 2);
  expected << 3, 4, 3, 4, 5, 6;  // the mean of the two largest; the one largest; all alike
  for (const Compute compute : all_computes()) {
    const AttentionOutput<float> out = attend<float>(queries, keys, values, 1.0F, compute, Spread::compute);
    CHECK((out.output - expected).cwiseAbs().maxCoeff() < 1e-6F);
    CHECK(std::abs(out.participation[0] - 0.5) < 1e-6);
    CHECK(std::abs(out.entropy[2] - std::log(5.0)) < 1e-6);
  }
}

TEST_CASE("without fused operations every target gives the same bits", "[attention]") {
  const Inputs in = random_inputs(101, 3001, 13, 11, 4);
  const Compute best{.target = available_simd_targets().front(), .deterministic = true};
  const AttentionOutput<float> first =
      attend<float>(in.queries, in.keys, in.values, 0.7F, best, Spread::compute);
  const AttentionOutput<double> first_double =
      attend<double>(in.queries.cast<double>(), in.keys.cast<double>(), in.values.cast<double>(), 0.7, best);
  for (const SimdTarget target : available_simd_targets()) {
    const Compute compute{.target = target, .deterministic = true};
    const AttentionOutput<float> out =
        attend<float>(in.queries, in.keys, in.values, 0.7F, compute, Spread::compute);
    INFO(name_of(target));
    CHECK(same_bits(out.output, first.output));
    CHECK(out.log_sum_exp == first.log_sum_exp);
    CHECK(out.entropy == first.entropy);
    CHECK(same_bits(attend<double>(in.queries.cast<double>(), in.keys.cast<double>(),
                                   in.values.cast<double>(), 0.7, compute)
                        .output,
                    first_double.output));
  }
}

TEST_CASE("weights are those of softmax", "[attention]") {
  const Inputs in = random_inputs(9, 33, 4, 1, 5);
  const AttentionOutput<float> out = attend<float>(in.queries, in.keys, in.values, 1.5F);
  const Rows<float> weights = attention_weights(in.queries, in.keys, 1.5F, out.log_sum_exp);
  CHECK((weights.rowwise().sum().array() - 1.0F).abs().maxCoeff() < 1e-5F);
  CHECK((weights * in.values - out.output).cwiseAbs().maxCoeff() < 1e-5F);
}

TEST_CASE("pooled weights are the largest and the mean of each block", "[attention]") {
  const Index queries = 37;
  const Index keys = 603;
  const Inputs in = random_inputs(queries, keys, 5, 1, 8);
  const Rows<double> x = in.queries.cast<double>();
  const Rows<double> y = in.keys.cast<double>();
  Rows<double> weights(queries, keys);
  Vector log_sum_exp(queries);
  for (Index i = 0; i < queries; ++i) {
    const Vector logits = 1.5 * (y * x.row(i).transpose());
    const double largest = logits.maxCoeff();
    log_sum_exp[i] = largest + std::log((logits.array() - largest).exp().sum());
    weights.row(i) = (logits.array() - log_sum_exp[i]).exp().transpose();
  }
  // Whole rows of the matrix and a part of them; one weight a block, ragged edges, and one block for all.
  for (const auto& [first, last] : {std::pair<Index, Index>{0, keys}, {70, 391}}) {
    for (const Index side : {1, 2, 5, 16, 64, 1000}) {
      for (const Compute compute : all_computes()) {
        INFO("keys " << first << " to " << last << ", side " << side << ", " << name_of(compute.target));
        const Index columns = last - first;
        WeightPooling pooling(in.queries, 1.5F, log_sum_exp, columns, side, compute);
        for (Index key = first; key < last; key += 101) {
          pooling.accumulate(in.keys.middleRows(key, std::min<Index>(101, last - key)));
        }
        const PooledWeights pooled = pooling.result();
        REQUIRE(pooled.largest.rows() == (queries + side - 1) / side);
        REQUIRE(pooled.largest.cols() == (columns + side - 1) / side);
        REQUIRE(pooled.mean.rows() == pooled.largest.rows());
        REQUIRE(pooled.mean.cols() == pooled.largest.cols());
        double worst = 0;
        for (Index row = 0; row < pooled.mean.rows(); ++row) {
          for (Index column = 0; column < pooled.mean.cols(); ++column) {
            const auto block =
                weights.block(row * side, first + column * side, std::min(side, queries - row * side),
                              std::min(side, columns - column * side));
            worst = std::max({worst, std::abs(pooled.largest(row, column) / block.maxCoeff() - 1),
                              std::abs(pooled.mean(row, column) / block.mean() - 1)});
          }
        }
        // A logit of magnitude 20 in float32, and a weight that is rounded to it.
        CHECK(worst < 2e-6);
      }
    }
  }
}

TEST_CASE("another cut of the keys pools the same", "[attention]") {
  const Inputs in = random_inputs(20, 700, 3, 1, 9);
  const Vector log_sum_exp = attend<float>(in.queries, in.keys, in.values, 1.0F).log_sum_exp;
  const auto pooled = [&](Index part) {
    WeightPooling pooling(in.queries, 1.0F, log_sum_exp, 700, 16);
    for (Index key = 0; key < 700; key += part) {
      pooling.accumulate(in.keys.middleRows(key, std::min(part, 700 - key)));
    }
    return pooling.result();
  };
  const PooledWeights whole = pooled(700);
  for (const Index part : {1, 7, 256, 300}) {
    CHECK(same_bits(pooled(part).largest, whole.largest));
    CHECK((pooled(part).mean - whole.mean).cwiseAbs().maxCoeff() < 1e-9F);
  }
  const Rows<float> weights = attention_weights(in.queries, in.keys, 1.0F, log_sum_exp);
  WeightPooling pooling(in.queries, 1.0F, log_sum_exp, 700, 1);
  pooling.accumulate(in.keys);
  CHECK(same_bits(pooling.result().largest, weights));
  CHECK(same_bits(pooling.result().mean, weights));
}

TEST_CASE("pooling refuses what does not fit", "[attention]") {
  const Inputs in = random_inputs(2, 3, 4, 1, 6);
  const Vector sums = Vector::Zero(2);
  CHECK_THROWS_AS(WeightPooling(in.queries, 1.0F, Vector::Zero(3), 3, 1), Error);
  CHECK_THROWS_AS(WeightPooling(in.queries.topRows(0), 1.0F, Vector::Zero(0), 3, 1), Error);
  CHECK_THROWS_AS(WeightPooling(in.queries, 1.0F, sums, 0, 1), Error);
  CHECK_THROWS_WITH(WeightPooling(in.queries, 1.0F, sums, 3, 0), "side of a block is 0; expected at least 1");
  WeightPooling pooling(in.queries, 1.0F, sums, 4, 2);
  CHECK_THROWS_AS(pooling.accumulate(in.keys.leftCols(3)), Error);
  pooling.accumulate(in.keys);
  CHECK_THROWS_WITH(pooling.result(), "number of keys is 3; expected the 4 that were announced");
  CHECK_THROWS_WITH(pooling.accumulate(in.keys), "number of keys is 6; expected the 4 that were announced");
}

TEST_CASE("shapes that do not fit are refused", "[attention]") {
  const Inputs in = random_inputs(2, 3, 4, 5, 6);
  const Rows<float> narrow = in.queries.leftCols(3);
  const Rows<float> few = in.values.topRows(2);
  CHECK_THROWS_AS(attend<float>(narrow, in.keys, in.values, 1.0F), Error);
  CHECK_THROWS_AS(attend<float>(in.queries, in.keys, few, 1.0F), Error);
  CHECK_THROWS_AS(KeyValueCache<float>(0, 1), Error);
  KeyValueCache<float> cache(4, 5);
  StreamingAttention<float> attention(in.queries, 1.0F, 5);
  CHECK_THROWS_AS(attention.result(), Error);
  CHECK_THROWS_AS(attention.accumulate(cache, 0, 1), Error);
}

TEST_CASE("moments are mean and population covariance", "[attention]") {
  Rows<double> rows(4, 2);
  rows << 1, 10, 2, 30, 3, 20, 6, 0;
  MomentAccumulator accumulator(Vector::Constant(2, 5.0));
  accumulator.add(RowsView<double>(rows.topRows(1)));
  accumulator.add(RowsView<double>(rows.bottomRows(3)));
  const Moments moments = accumulator.moments();
  CHECK(moments.mean == Vector{{3.0, 15.0}});
  CHECK((moments.covariance - Matrix{{3.5, -12.5}, {-12.5, 125.0}}).cwiseAbs().maxCoeff() < 1e-12);
  CHECK_THROWS_AS(MomentAccumulator(Vector::Zero(2)).moments(), Error);
}
