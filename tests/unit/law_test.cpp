#include "asymptoken/law.hpp"

#include <Eigen/Cholesky>
#include <bit>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "arbitrary.hpp"
#include "asymptoken/limit.hpp"
#include "example_laws.hpp"
#include "special/sphere_transform.hpp"

using namespace asymptoken;

namespace {

Rows<float> tokens_of(const Law& law, Stream stream, std::uint64_t first, Index count) {
  Rows<float> tokens(count, law.dimension());
  law.sample(stream, first, tokens);
  return tokens;
}

/// FNV-1a of the numbers' bits.
class Hash {
 public:
  void add(std::uint64_t bits, int bytes) {
    for (int byte = 0; byte < bytes; ++byte) {
      value_ = (value_ ^ ((bits >> (8 * byte)) & 255U)) * 0x100000001b3;
    }
  }
  void add(const Matrix& numbers) {
    for (const double number : numbers.reshaped()) {
      add(std::bit_cast<std::uint64_t>(number), 8);
    }
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

std::uint64_t hash_of(const Rows<float>& tokens) {
  Hash hash;
  for (Index i = 0; i < tokens.size(); ++i) {
    hash.add(std::bit_cast<std::uint32_t>(tokens.data()[i]), 4);
  }
  return hash.value();
}

/// All that a law computes, at a weak and at a strong tilt.
std::uint64_t hash_of_limits(const Law& law) {
  Hash hash;
  const Index d = law.dimension();
  for (const double size : {1.0, 300.0}) {
    const Vector t = size * arbitrary(d, 1, 46);
    const DoubledTilt doubled = law.doubled_tilt(t);
    hash.add(Vector{{law.log_mgf(t), doubled.log_inflation}});
    hash.add(doubled.mean_shift);
    hash.add(law.tilted_mean(t));
    hash.add(law.tilted_covariance(t));
  }
  const Moments moments = transformed_moments(law, {.A = arbitrary(d, d, 47), .V = arbitrary(2, d, 48)});
  hash.add(moments.mean);
  hash.add(moments.covariance);
  return hash.value();
}

/// K by its definition's derivatives: grad K and Hess K from central differences of K and grad K.
void check_derivatives(const Law& law, const Vector& t) {
  const double h = 1e-5;
  const Vector mean = law.tilted_mean(t);
  const Matrix covariance = law.tilted_covariance(t);
  for (Index i = 0; i < t.size(); ++i) {
    const Vector step = h * Vector::Unit(t.size(), i);
    CHECK(std::abs((law.log_mgf(t + step) - law.log_mgf(t - step)) / (2.0 * h) - mean[i]) < 1e-8);
    const Vector column = (law.tilted_mean(t + step) - law.tilted_mean(t - step)) / (2.0 * h);
    CHECK((column - covariance.col(i)).norm() < 1e-8);
  }
}

}  // namespace

TEST_CASE("what is not a Gaussian law is refused in one sentence", "[law]") {
  const Vector mean = Vector::Zero(2);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(sentence([] { gaussian(Vector(), Matrix()); }) == "law.mean is empty; expected at least one number");
  CHECK(sentence([&] { gaussian(Vector{{0.0, nan}}, Matrix::Identity(2, 2)); }) ==
        "law.mean is not finite (an entry is nan); expected finite numbers");
  CHECK(sentence([&] { gaussian(mean, Matrix::Identity(2, 3)); }) ==
        "law.covariance is a 2 x 3 matrix; expected a 2 x 2 matrix, as the mean has 2 entries");
  CHECK(sentence([&] { gaussian(mean, Matrix{{1.0, 0.0}, {0.0, INFINITY}}); }) ==
        "law.covariance is not finite (an entry is inf); expected finite numbers");
  CHECK(
      sentence([&] { gaussian(mean, Matrix{{1.0, 0.25}, {0.5, 1.0}}); }) ==
      "law.covariance is not symmetric (entries 0,1 and 1,0 are 0.25 and 0.5); expected a symmetric matrix");
  CHECK(sentence([&] { gaussian(mean, Matrix{{1.0, 0.0}, {0.0, -2.0}}); }) ==
        "law.covariance is not positive definite (its smallest eigenvalue is -2); expected a positive "
        "definite matrix");
  CHECK(sentence([&] { gaussian(mean, Matrix::Zero(2, 2)); }) ==
        "law.covariance is not positive definite (its smallest eigenvalue is 0); expected a positive "
        "definite matrix");
  CHECK(sentence([&] { gaussian(mean, Matrix{{1.0, 0.5 + 1e-15}, {0.5, 1.0}}); }) == "accepted");
}

TEST_CASE("what is not a sphere is refused in one sentence", "[law]") {
  CHECK(sentence([] { sphere(0, 1.0); }) == "law.dimension is 0; expected an integer from 1 to 65536");
  CHECK(sentence([] { sphere(3, -1.5); }) == "law.radius is -1.5; expected a finite number above 0");
  CHECK(sentence([] { sphere(3, 0.0); }) == "law.radius is 0; expected a finite number above 0");
  CHECK(sentence([] { sphere(3, std::nan("")); }) == "law.radius is nan; expected a finite number above 0");
  CHECK(sentence([] { sphere(3, INFINITY); }) == "law.radius is inf; expected a finite number above 0");
}

TEST_CASE("what is not a ball, a box or a law of finitely many values is refused in one sentence", "[law]") {
  const double nan = std::nan("");
  CHECK(sentence([] { ball(0, 1.0); }) == "law.dimension is 0; expected an integer from 1 to 65536");
  CHECK(sentence([] { ball(2, -1.0); }) == "law.radius is -1; expected a finite number above 0");
  CHECK(sentence([] { box(Vector()); }) == "law.dimension is 0; expected an integer from 1 to 65536");
  CHECK(sentence([] { box(Vector{{1.0, 0.0}}); }) == "law.half_widths is 0; expected finite numbers above 0");
  CHECK(sentence([&] { box(Vector{{1.0, nan}}); }) ==
        "law.half_widths is nan; expected finite numbers above 0");

  const Vector zero = Vector::Zero(2);
  const Vector one = Vector::Ones(2);
  CHECK(sentence([&] { two_point(zero, Vector::Ones(3), one); }) ==
        "law.high is a list of 3; expected a list of 2");
  CHECK(sentence([&] { two_point(zero, one, Vector::Ones(1)); }) ==
        "law.probability is a list of 1; expected a list of 2");
  CHECK(sentence([&] { two_point(zero, zero, one); }) == "law.low is 0; expected less than law.high, 0");
  CHECK(sentence([&] { two_point(zero, one, Vector{{0.5, 1.5}}); }) ==
        "law.probability is 1.5; expected numbers from 0 to 1");
  CHECK(sentence([&] { two_point(Vector{{0.0, nan}}, one, one); }) ==
        "law.low is not finite (an entry is nan); expected finite numbers");

  const Rows<double> pair{{0.0, 1.0}, {2.0, 3.0}};
  CHECK(sentence([&] { points(Rows<double>(0, 2), Vector()); }) ==
        "law.points is empty; expected at least one point of at least one number");
  CHECK(sentence([&] { points(Rows<double>{{0.0, INFINITY}}, Vector::Ones(1)); }) ==
        "law.points is not finite (an entry is inf); expected finite numbers");
  CHECK(sentence([&] { points(pair, Vector::Ones(3)); }) ==
        "law.weights is a list of 3; expected a list of 2");
  CHECK(sentence([&] { points(pair, Vector{{1.0, -1.0}}); }) ==
        "law.weights is -1; expected finite numbers of at least 0");
  CHECK(sentence([&] { points(pair, Vector::Zero(2)); }) ==
        "law.weights is 0 throughout; expected one above 0 at least");
}

TEST_CASE("what is not a mixture is refused in one sentence that names the component", "[law]") {
  const auto mixture_of = [](const std::vector<GaussianComponent>& components) {
    return sentence([&] { gaussian_mixture(components); });
  };
  std::vector<GaussianComponent> components = example_components(2);
  CHECK(mixture_of(components) == "accepted");
  CHECK(mixture_of({}) == "law.components is empty; expected at least one");
  components[1].mean = Vector::Zero(3);
  CHECK(mixture_of(components) == "law.components[1].mean is a list of 3; expected a list of 2");
  components = example_components(2);
  components[2].covariance(0, 0) = -1.0;
  CHECK(mixture_of(components).starts_with("law.components[2].covariance is not positive definite"));
  components = example_components(2);
  components[0].weight = -2.0;
  CHECK(mixture_of(components) == "law.components.weight is -2; expected finite numbers of at least 0");
}

TEST_CASE("tokens that float32 cannot hold are refused", "[law]") {
  Rows<float> tokens(2, 2);
  const LawPointer wide = gaussian(Vector::Zero(2), 1e80 * Matrix::Identity(2, 2));
  CHECK(sentence([&] { wide->sample({}, 0, tokens); }).starts_with("law is too wide to sample"));
  const LawPointer large = sphere(2, 1e39);
  CHECK(sentence([&] { large->sample({}, 0, tokens); }).starts_with("law.radius is 1e+39; expected"));
  CHECK(sentence([&] { ball(2, 1e39)->sample({}, 0, tokens); }).starts_with("law.radius is 1e+39; expected"));
  CHECK(sentence([&] {
          box(Vector{{1.0, 1e39}})->sample({}, 0, tokens);
        }).starts_with("law.half_widths is 1e+39; expected"));
  CHECK(sentence([&] {
          points(Rows<double>{{1e39, 0.0}}, Vector::Ones(1))->sample({}, 0, tokens);
        }).starts_with("law.points is 1e+39; expected"));
  const LawPointer high = two_point(Vector::Zero(2), Vector{{1.0, 1e39}}, Vector::Ones(2));
  CHECK(sentence([&] { high->sample({}, 0, tokens); }).starts_with("law.high is 1e+39; expected"));
  Rows<float> wrong(2, 3);
  for (const LawPointer& law : example_laws(2)) {
    CHECK(sentence([&] { law->sample({}, 0, wrong); }) ==
          "tokens is 3 numbers wide; expected 2, the law's dimension");
  }
}

TEST_CASE("tokens are windows of one sequence with the same bits everywhere", "[law]") {
  const Stream stream = Stream::of(42, StreamPurpose::tokens, 3, 1);
  std::set<std::uint64_t> hashes;
  for (const LawPointer& law : example_laws(7)) {
    INFO(law->name());
    // more than one buffer, odd beginnings
    const Rows<float> all = tokens_of(*law, stream, 0, 6000);
    for (const Index first : {Index(0), Index(1), Index(5), Index(2339), Index(5999)}) {
      const Rows<float> window = tokens_of(*law, stream, static_cast<std::uint64_t>(first), 6000 - first);
      CHECK((window.array() == all.bottomRows(6000 - first).array()).all());
    }
    Rows<float> padded = Rows<float>::Constant(10, 9, -1.0F);
    law->sample(stream, 5, padded.leftCols(7));
    CHECK((padded.leftCols(7).array() == all.middleRows(5, 10).array()).all());
    CHECK((padded.rightCols(2).array() == -1.0F).all());
    CHECK(hashes.insert(hash_of(all)).second);
  }
  // computed once, natively; a browser must find the same
  const LawPointer dense = gaussian(arbitrary(7, 1, 1), arbitrary_covariance(7, 2));
  const LawPointer round = sphere(7, 1.5);
  CHECK(hash_of(tokens_of(*dense, stream, 0, 1000)) == 0x1bc4914e3ebaea3b);
  CHECK(hash_of(tokens_of(*round, stream, 0, 1000)) == 0x9aeb239d0a520cb1);
  CHECK(hash_of(tokens_of(*gaussian(Vector::Zero(50), arbitrary_covariance(50, 3)), stream, 0, 1000)) ==
        0x711a814f9d999b3);
  CHECK(hash_of(tokens_of(*gaussian(Vector::Zero(50), 0.1 * Matrix::Identity(50, 50)), stream, 0, 1000)) ==
        0x985b401a2a67f37a);
}

TEST_CASE("laws have the same bits natively and in a browser", "[law]") {
  // computed once, natively
  struct Bits {
    std::string_view name;
    std::uint64_t tokens;
    std::uint64_t limits;
  };
  constexpr Bits known[] = {{"gaussian", 0xe030688942462c0d, 0x5351622fc4d39f07},
                            {"gaussian_mixture", 0x6e65982c5537c356, 0x4621da0e15981be1},
                            {"sphere", 0x7ab4f2a29af04323, 0x739102d9ce0f80f0},
                            {"ball", 0xdbc9d357d9e70620, 0x45b3e9f7b6a591dd},
                            {"box", 0x8caa0214a4966823, 0xe5b7674fb9fe87d3},
                            {"two_point", 0x9e84fdea1ab4cf7c, 0x4309642748915411},
                            {"points", 0x8a361e959bdad5e1, 0x59241f602600dd6a},
                            {"autoregressive", 0x25f32344400e4207, 0x89112a1a0c54d543}};
  const std::vector<LawPointer> laws = example_laws(3);
  REQUIRE(laws.size() == std::size(known));
  for (std::size_t i = 0; i < laws.size(); ++i) {
    INFO(known[i].name << std::hex << " tokens "
                       << hash_of(tokens_of(*laws[i], {.seed = 5, .id = 6}, 7, 5000)) << " limits "
                       << hash_of_limits(*laws[i]));
    CHECK(laws[i]->name() == known[i].name);
    CHECK(hash_of(tokens_of(*laws[i], {.seed = 5, .id = 6}, 7, 5000)) == known[i].tokens);
    CHECK(hash_of_limits(*laws[i]) == known[i].limits);
  }
}

TEST_CASE("a token is m + L z, k ascending, in float32", "[law]") {
  // Neither divides by what the sampler takes at once.
  const Index d = 21;
  const Index n = 7;
  const Stream stream{.seed = 1, .id = 2};
  const Vector mean = arbitrary(d, 1, 4);
  for (const Matrix& covariance : {arbitrary_covariance(d, 5), Matrix(0.3 * Matrix::Identity(d, d)),
                                   Matrix(Vector::LinSpaced(d, 1.0, 5.0).asDiagonal())}) {
    const Matrix L = covariance.llt().matrixL();
    const Rows<float> tokens = tokens_of(*gaussian(mean, covariance), stream, 17, n);
    Rows<float> normals(n, d);
    normal_variates(stream, 17 * static_cast<std::uint64_t>(d),
                    {normals.data(), static_cast<std::size_t>(n * d)});
    for (Index token = 0; token < n; ++token) {
      for (Index i = 0; i < d; ++i) {
        float sum = 0.0F;
        for (Index k = 0; k < d; ++k) {
          const float product = static_cast<float>(L(i, k)) * normals(token, k);
          sum += product;
        }
        CHECK(tokens(token, i) == sum + static_cast<float>(mean[i]));
      }
    }
  }
}

// 5 standard errors of each of the 63 means and 119 products: beyond by chance once in 10^4 seeds.
TEST_CASE("tokens have the law's mean and covariance", "[law]") {
  constexpr Index n = 200000;
  // How many independent tokens say as much of a mean: n (1-phi)/(1+phi) at the example's phi = 1/2.
  const auto independent = [&](const Law& law) { return law.has_independent_tokens() ? n : n / 3; };
  std::vector<LawPointer> laws = example_laws(4);
  for (const LawPointer& line : example_laws(1)) {
    laws.push_back(line);
  }
  for (const LawPointer& law : laws) {
    INFO(law->name() << " " << law->dimension());
    const Matrix tokens = tokens_of(*law, Stream::of(9, StreamPurpose::tokens), 0, n).cast<double>();
    const Matrix centred = tokens.rowwise() - law->mean().transpose();
    const Matrix covariance = law->covariance();
    const auto check_average = [&](const Eigen::ArrayXd& values, double expected) {
      const double average = values.mean();
      const double variance = (values - average).square().mean();
      // Tokens are rounded to float32, which shows where all values are equal but for the sign.
      CHECK(std::abs(average - expected) <
            5.0 * std::sqrt(variance / static_cast<double>(independent(*law))) + 1e-6);
    };
    for (Index i = 0; i < law->dimension(); ++i) {
      check_average(centred.col(i), 0.0);
      for (Index j = 0; j <= i; ++j) {
        check_average(centred.col(i).cwiseProduct(centred.col(j)), covariance(i, j));
      }
    }
  }
}

// sqrt(n)(Gamma_n - Gamma) ~ N(0, S), so its squared norm in units of S is chi-squared with 3 degrees of freedom: above 30.7
// once in 10^6 seeds.
TEST_CASE("attention over tokens fluctuates about the tilted mean as the limit says", "[law]") {
  constexpr Index n = 200000;
  const AttentionForm identity{.A = Matrix::Identity(3, 3), .V = Matrix::Identity(3, 3)};
  for (const LawPointer& law : example_laws(3)) {
    if (!law->has_independent_tokens()) {
      continue;  // S is that of independent tokens
    }
    INFO(law->name());
    const Vector t = 1.5 * arbitrary(3, 1, 43);
    const MapLimit limit = map_limit(*law, identity, t);
    const Matrix tokens = tokens_of(*law, Stream::of(10, StreamPurpose::tokens), 0, n).cast<double>();
    const Vector weights = (tokens * t).array().exp();
    const Vector average = tokens.transpose() * weights / weights.sum();
    const Vector error = average - limit.gamma;
    CHECK(n * error.dot(limit.asymptotic_covariance.ldlt().solve(error)) < 30.7);
    // log of the mean weight, whose variance is (rho - 1)/n
    CHECK(std::abs(std::log(weights.mean()) - limit.log_mgf) <
          5.0 * std::sqrt((limit.variance_inflation - 1.0) / n));
    const Matrix centred = tokens.rowwise() - average.transpose();
    const Matrix covariance = centred.transpose() * weights.asDiagonal() * centred / weights.sum();
    const Matrix exact = law->tilted_covariance(t);
    CHECK((covariance - exact).norm() < 0.03 * exact.norm());
  }
}

TEST_CASE("a mixture of one component has its tokens", "[law]") {
  const GaussianComponent only = example_components(3).front();
  const LawPointer mixture = gaussian_mixture({{only}});
  const LawPointer alone = gaussian(only.mean, only.covariance);
  CHECK(tokens_of(*mixture, {.seed = 1, .id = 2}, 3, 1000) ==
        tokens_of(*alone, {.seed = 1, .id = 2}, 3, 1000));
}

TEST_CASE("what has weight 0 never happens", "[law]") {
  const Rows<double> given{{1.0}, {2.0}, {3.0}, {4.0}};
  const LawPointer law = points(given, Vector{{0.0, 1.0, 0.0, 0.0}});
  CHECK((tokens_of(*law, {}, 0, 1000).array() == 2.0F).all());
  CHECK(law->tilted_mean(Vector{{1e6}})[0] == 2.0);
  const LawPointer fixed = two_point(Vector::Zero(2), Vector::Ones(2), Vector{{0.0, 1.0}});
  const Rows<float> same = tokens_of(*fixed, {}, 0, 1000);
  CHECK((same.col(0).array() == 0.0F).all());
  CHECK((same.col(1).array() == 1.0F).all());
  for (const double t : {-1e6, -1.0, 0.0, 1.0, 1e6}) {
    CHECK(fixed->tilted_mean(Vector{{t, t}}) == Vector{{0.0, 1.0}});
    CHECK(fixed->log_mgf(Vector{{t, t}}) == t);
    CHECK(fixed->tilted_covariance(Vector{{t, t}}).isZero(0.0));
  }
}

TEST_CASE("tokens are where the law says", "[law]") {
  const Stream stream{.seed = 4, .id = 4};
  const Eigen::ArrayXd norms = tokens_of(*ball(3, 1.5), stream, 0, 20000).cast<double>().rowwise().norm();
  CHECK(norms.maxCoeff() < 1.5 + 1e-6);
  CHECK(norms.maxCoeff() > 1.499);
  // |y|^3 is uniform up to 1.5^3: 5 standard errors of the share below a half
  CHECK(std::abs((norms < 0.5 * 1.5).cast<double>().mean() - 0.125) < 0.012);
  const Rows<float> cube = tokens_of(*box(Vector{{0.5, 2.0}}), stream, 0, 20000);
  CHECK(cube.col(0).cwiseAbs().maxCoeff() < 0.5F);
  CHECK(cube.col(1).cwiseAbs().maxCoeff() > 1.999F);
}

TEST_CASE("points of the sphere have its radius", "[law]") {
  const Rows<float> circle = tokens_of(*sphere(2, 1.5), {.seed = 4, .id = 4}, 0, 1000);
  CHECK((circle.cast<double>().rowwise().norm().array() - 1.5).abs().maxCoeff() < 2e-7);
  const Rows<float> points = tokens_of(*sphere(1, 1.5), {.seed = 4, .id = 4}, 0, 1000);
  CHECK((points.array().abs() == 1.5F).all());
  CHECK(std::abs(points.cast<double>().mean()) < 0.2);
}

TEST_CASE("the tilted laws are derivatives of the log moment generating function", "[law]") {
  for (const double size : {1e-3, 1.0, 6.0}) {
    for (const LawPointer& law : example_laws(3)) {
      INFO(law->name() << ", size " << size);
      check_derivatives(*law, size * arbitrary(3, 1, 10));
    }
  }
  for (const Index d : {Index(1), Index(2), Index(3), Index(9)}) {
    for (const double size : {0.3, 5.0, 80.0}) {
      INFO("d = " << d << ", size " << size);
      check_derivatives(*sphere(d, 1.5), size * arbitrary(d, 1, 11));
    }
  }
}

TEST_CASE("K grows as |t| for bounded laws and faster for others", "[law]") {
  const Vector t = 1e9 * arbitrary(3, 1, 49);
  for (const LawPointer& law : example_laws(3)) {
    INFO(law->name());
    CHECK(law->is_bounded() == (law->log_mgf(t) < 1e3 * t.norm()));
  }
}

TEST_CASE("without a tilt the tilted law is the law", "[law]") {
  const Vector zero = Vector::Zero(3);
  for (const LawPointer& law : example_laws(3)) {
    INFO(law->name());
    CHECK(law->log_mgf(zero) == 0.0);
    CHECK((law->tilted_mean(zero) - law->mean()).norm() < 1e-15);
    CHECK((law->tilted_covariance(zero) - law->covariance()).norm() < 1e-14);
    const DoubledTilt doubled = law->doubled_tilt(zero);
    CHECK(doubled.log_inflation == 0.0);
    CHECK(doubled.mean_shift.norm() < 1e-15);
  }
}

TEST_CASE("the doubled tilt is what its definition says", "[law]") {
  for (const double size : {1e-3, 1.0, 10.0}) {
    for (const LawPointer& law : example_laws(3)) {
      INFO(law->name() << ", size " << size);
      const Vector t = size * arbitrary(3, 1, 44);
      const DoubledTilt closed = law->doubled_tilt(t);
      const DoubledTilt differences = law->Law::doubled_tilt(t);
      CHECK(std::abs(closed.log_inflation - differences.log_inflation) < 1e-13 * (1.0 + size * size));
      CHECK((closed.mean_shift - differences.mean_shift).norm() < 1e-13 * (1.0 + size));
    }
  }
}

TEST_CASE("nothing is lost under endless tilts", "[law]") {
  const Vector direction = arbitrary(3, 1, 45).normalized();
  for (const LawPointer& law : example_laws(3)) {
    for (const double size : {1e3, 1e6, 1e12, 1e100, 1e150}) {
      INFO(law->name() << ", size " << size);
      const Vector t = size * direction;
      CHECK(!std::isnan(law->log_mgf(t)));
      CHECK(law->tilted_mean(t).allFinite());
      CHECK(!law->tilted_covariance(t).hasNaN());
      const DoubledTilt doubled = law->doubled_tilt(t);
      CHECK(!std::isnan(doubled.log_inflation));
      CHECK(!doubled.mean_shift.hasNaN());
    }
  }
  // the corner, the best point, the top component
  const double far = 1e150;
  CHECK((box(Vector{{1.0, 2.0}})->tilted_mean(Vector{{far, -far}}) - Vector{{1.0, -2.0}}).norm() == 0.0);
  CHECK((two_point(-Vector::Ones(2), 3.0 * Vector::Ones(2), 0.25 * Vector::Ones(2))
             ->tilted_mean(Vector{{far, -far}}) -
         Vector{{3.0, -1.0}})
            .norm() == 0.0);
  CHECK((ball(2, 2.0)->tilted_mean(Vector{{far, 0.0}}) - Vector{{2.0, 0.0}}).norm() == 0.0);
}

// Where the tilt is so large that the best value takes all, rho = 1/(its probability) and only that is left of K(2t) - 2 K(t).
TEST_CASE("the inflation keeps its digits where K has none to spare", "[law]") {
  const Vector p{{0.25, 0.125}};
  const LawPointer values = two_point(-Vector::Ones(2), Vector::Ones(2), p);
  const LawPointer corners = points(Rows<double>{{-1.0, -1.0}, {1.0, -1.0}, {-1.0, 1.0}, {1.0, 1.0}},
                                    Vector{{0.75 * 0.875, 0.25 * 0.875, 0.75 * 0.125, 0.25 * 0.125}});
  const GaussianComponent wide{.weight = 1.0, .mean = Vector::Zero(2), .covariance = Matrix::Identity(2, 2)};
  GaussianComponent narrow = wide;
  narrow.weight = 3.0;
  narrow.covariance *= 0.5;
  const LawPointer mixture = gaussian_mixture({{wide, narrow}});
  for (const double size : {1e3, 1e6, 1e12, 1e100}) {
    INFO("size " << size);
    const Vector t{{size, 2.0 * size}};
    CHECK(relative(values->doubled_tilt(t).log_inflation, std::log(32.0)) < 1e-14);
    CHECK(relative(corners->doubled_tilt(t).log_inflation, std::log(32.0)) < 1e-14);
    CHECK(relative(values->doubled_tilt(-t).log_inflation, -std::log(0.75 * 0.875)) < 1e-14);
    CHECK(relative(corners->doubled_tilt(-t).log_inflation, -std::log(0.75 * 0.875)) < 1e-14);
    // sinh(r)/r: rho = r coth r for each coordinate
    CHECK(relative(box(Vector::Ones(2))->doubled_tilt(t).log_inflation,
                   std::log(size) + std::log(2.0 * size)) < 1e-14);
    // the wide component's e^{|t|^2}/(1/4)
    CHECK(relative(mixture->doubled_tilt(t).log_inflation, t.squaredNorm() + std::log(4.0)) < 1e-14);
  }
  // Two points that tie to 1e-12 under a tilt of 1e12.
  const LawPointer close = points(Rows<double>{{1.0}, {1.0 + 0x1p-40}}, Vector::Ones(2));
  const double p_top = 1.0 / (1.0 + std::exp(-1.0));
  CHECK(relative((close->tilted_mean(Vector{{0x1p40}})[0] - 1.0) * 0x1p40, p_top) < 1e-3);
  CHECK(relative(close->tilted_covariance(Vector{{0x1p40}})(0, 0) * 0x1p80, p_top * (1.0 - p_top)) < 1e-14);
}

TEST_CASE("laws that are the same by different files agree", "[law]") {
  const LawPointer same[][2] = {
      {ball(1, 1.5), box(Vector{{1.5}})},
      {sphere(1, 1.5), two_point(Vector{{-1.5}}, Vector{{1.5}}, Vector{{0.5}})},
      {points(Rows<double>{{-2.0}, {0.5}}, Vector{{3.0, 1.0}}),
       two_point(Vector{{-2.0}}, Vector{{0.5}}, Vector{{0.25}})},
      {gaussian(Vector{{0.5}}, Matrix{{2.0}}),
       gaussian_mixture({{{.weight = 1.0, .mean = Vector{{0.5}}, .covariance = Matrix{{2.0}}},
                          {.weight = 2.0, .mean = Vector{{0.5}}, .covariance = Matrix{{2.0}}}}})}};
  const AttentionForm attention{.A = Matrix{{0.8}}, .V = Matrix{{-1.25}}};
  for (const auto& [one, other] : same) {
    INFO(one->name() << " and " << other->name());
    CHECK((one->covariance() - other->covariance()).norm() < 1e-14);
    for (const double x : {-3.0, -1e-4, 0.0, 0.7, 12.0}) {
      const MapLimit a = map_limit(*one, attention, Vector{{x}});
      const MapLimit b = map_limit(*other, attention, Vector{{x}});
      CHECK(std::abs(a.log_mgf - b.log_mgf) <= 1e-14 * std::abs(a.log_mgf) + 1e-15);
      CHECK((a.gamma - b.gamma).norm() < 1e-14 * (1.0 + a.gamma.norm()));
      CHECK(relative(a.variance_inflation, b.variance_inflation) < 1e-12);
      CHECK((a.asymptotic_covariance - b.asymptotic_covariance).norm() <=
            1e-12 * a.asymptotic_covariance.norm());
      CHECK((a.bias_times_n - b.bias_times_n).norm() <= 1e-12 * a.bias_times_n.norm() + 1e-15);
    }
    const Moments a = transformed_moments(*one, attention);
    const Moments b = transformed_moments(*other, attention);
    CHECK((a.mean - b.mean).norm() < 1e-14);
    CHECK((a.covariance - b.covariance).norm() < 1e-12 * a.covariance.norm());
  }
}

TEST_CASE("the sphere at the ends: no tilt, an endless tilt", "[law]") {
  const LawPointer law = sphere(3, 2.0);
  CHECK(law->log_mgf(Vector::Zero(3)) == 0.0);
  CHECK(law->tilted_mean(Vector::Zero(3)) == Vector::Zero(3));
  CHECK((law->tilted_covariance(Vector::Zero(3)) - law->covariance()).norm() < 1e-14);
  for (const double size : {1e20, 1e200, 1e307}) {
    const Vector t = size * Vector::Unit(3, 1);
    CHECK((law->tilted_mean(t) - 2.0 * Vector::Unit(3, 1)).norm() < 1e-15);
    CHECK(law->tilted_covariance(t).allFinite());
    CHECK(law->log_mgf(t) > size);
  }
}

TEST_CASE("transformed moments turn with A and V", "[law]") {
  const Index d = 6;
  const Matrix U = arbitrary(d, d, 12).householderQr().householderQ();
  const Matrix W = arbitrary(d, d, 13).householderQr().householderQ();
  const Matrix V = arbitrary(3, d, 14);
  const Vector s{{9.0, 4.0, 4.0, 1.0, 1e-3, 0.0}};
  const Matrix A = U * s.asDiagonal() * W.transpose();
  const auto moments = sphere(d, 1.5)->transformed_moments(A, V);
  REQUIRE(moments);
  const Vector eigenvalues = detail::sphere_transform(1.5, s).eigenvalues;
  const Matrix expected = V * U * eigenvalues.asDiagonal() * U.transpose() * V.transpose();
  CHECK((moments->covariance - expected).norm() < 1e-14 * expected.norm());
  CHECK(moments->covariance == moments->covariance.transpose());
  CHECK(moments->mean == Vector::Zero(3));
  CHECK(sphere(d, 1.5)->transformed_moments(Matrix::Zero(d, d), V)->covariance == Matrix::Zero(3, 3));
}
