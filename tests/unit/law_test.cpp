#include "asymptoken/law.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <bit>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "asymptoken/error.hpp"
#include "special/sphere_transform.hpp"

using namespace asymptoken;

namespace {

/// Entries in (-1/2, 1/2) that look random.
Matrix arbitrary(Index rows, Index columns, std::uint64_t seed) {
  Rows<float> numbers(rows, columns);
  uniform_variates({.seed = seed, .id = 0}, 0, {numbers.data(), static_cast<std::size_t>(numbers.size())});
  return numbers.cast<double>().array() - 0.5;
}

Matrix arbitrary_covariance(Index d, std::uint64_t seed) {
  const Matrix root = arbitrary(d, d, seed);
  return root * root.transpose() + 0.1 * Matrix::Identity(d, d);
}

std::string sentence(auto make) {
  try {
    make();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

Rows<float> tokens_of(const Law& law, Stream stream, std::uint64_t first, Index count) {
  Rows<float> tokens(count, law.dimension());
  law.sample(stream, first, tokens);
  return tokens;
}

/// FNV-1a of the tokens' bits.
std::uint64_t hash_of(const Rows<float>& tokens) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (Index i = 0; i < tokens.size(); ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(tokens.data()[i]);
    for (int byte = 0; byte < 4; ++byte) {
      hash = (hash ^ ((bits >> (8 * byte)) & 255U)) * 0x100000001b3;
    }
  }
  return hash;
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

TEST_CASE("tokens that float32 cannot hold are refused", "[law]") {
  Rows<float> tokens(2, 2);
  const LawPointer wide = gaussian(Vector::Zero(2), 1e80 * Matrix::Identity(2, 2));
  CHECK(sentence([&] { wide->sample({}, 0, tokens); }).starts_with("law is too wide to sample"));
  const LawPointer large = sphere(2, 1e39);
  CHECK(sentence([&] { large->sample({}, 0, tokens); }).starts_with("law.radius is 1e+39; expected"));
  Rows<float> wrong(2, 3);
  CHECK(sentence([&] { sphere(2, 1.0)->sample({}, 0, wrong); }) ==
        "tokens is 3 numbers wide; expected 2, the law's dimension");
}

TEST_CASE("tokens are windows of one sequence with the same bits everywhere", "[law]") {
  const Stream stream = Stream::of(42, StreamPurpose::tokens, 3, 1);
  const LawPointer dense = gaussian(arbitrary(7, 1, 1), arbitrary_covariance(7, 2));
  const LawPointer round = sphere(7, 1.5);
  for (const Law* law : {dense.get(), round.get()}) {
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
  }
  // computed once, natively; a browser must find the same
  CHECK(hash_of(tokens_of(*dense, stream, 0, 1000)) == 0x1bc4914e3ebaea3b);
  CHECK(hash_of(tokens_of(*round, stream, 0, 1000)) == 0x9aeb239d0a520cb1);
  CHECK(hash_of(tokens_of(*gaussian(Vector::Zero(50), arbitrary_covariance(50, 3)), stream, 0, 1000)) ==
        0x711a814f9d999b3);
  CHECK(hash_of(tokens_of(*gaussian(Vector::Zero(50), 0.1 * Matrix::Identity(50, 50)), stream, 0, 1000)) ==
        0x985b401a2a67f37a);
}

TEST_CASE("a token is m + L z, k ascending, in float32", "[law]") {
  const Index d = 5;
  const Stream stream{.seed = 1, .id = 2};
  const Vector mean = arbitrary(d, 1, 4);
  for (const Matrix& covariance : {arbitrary_covariance(d, 5), Matrix(0.3 * Matrix::Identity(d, d)),
                                   Matrix(Vector{{1.0, 2.0, 3.0, 4.0, 5.0}}.asDiagonal())}) {
    const Matrix L = covariance.llt().matrixL();
    const Rows<float> tokens = tokens_of(*gaussian(mean, covariance), stream, 17, 3);
    Rows<float> normals(3, d);
    normal_variates(stream, 17 * static_cast<std::uint64_t>(d),
                    {normals.data(), static_cast<std::size_t>(3 * d)});
    for (Index token = 0; token < 3; ++token) {
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

TEST_CASE("tokens have the law's mean and covariance", "[law]") {
  const Index d = 4;
  const LawPointer dense = gaussian(arbitrary(d, 1, 6), arbitrary_covariance(d, 7));
  for (const LawPointer& law : {dense, sphere(d, 2.0), sphere(1, 2.0)}) {
    INFO(law->name() << " " << law->dimension());
    constexpr Index n = 200000;
    const Matrix tokens = tokens_of(*law, Stream::of(9, StreamPurpose::tokens), 0, n).cast<double>();
    const Vector mean = tokens.colwise().mean();
    const Matrix centred = tokens.rowwise() - mean.transpose();
    const double scale = std::sqrt(law->covariance().trace());
    CHECK((mean - law->mean()).norm() < 5.0 * scale / std::sqrt(static_cast<double>(n)));
    CHECK((centred.transpose() * centred / static_cast<double>(n) - law->covariance()).norm() <
          10.0 * scale * scale / std::sqrt(static_cast<double>(n)));
  }
}

TEST_CASE("points of the sphere have its radius", "[law]") {
  const Rows<float> circle = tokens_of(*sphere(2, 1.5), {.seed = 4, .id = 4}, 0, 1000);
  CHECK((circle.cast<double>().rowwise().norm().array() - 1.5).abs().maxCoeff() < 2e-7);
  const Rows<float> points = tokens_of(*sphere(1, 1.5), {.seed = 4, .id = 4}, 0, 1000);
  CHECK((points.array().abs() == 1.5F).all());
  CHECK(std::abs(points.cast<double>().mean()) < 0.2);
}

TEST_CASE("the tilted laws are derivatives of the log moment generating function", "[law]") {
  const LawPointer dense = gaussian(arbitrary(3, 1, 8), arbitrary_covariance(3, 9));
  check_derivatives(*dense, arbitrary(3, 1, 10));
  for (const Index d : {Index(1), Index(2), Index(3), Index(9)}) {
    for (const double size : {0.3, 5.0, 80.0}) {
      INFO("d = " << d << ", size " << size);
      check_derivatives(*sphere(d, 1.5), size * arbitrary(d, 1, 11));
    }
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

TEST_CASE("transformed moments are those of the map's values", "[law]") {
  const Index d = 3;
  const Matrix A = 4.0 * arbitrary(d, d, 15);
  const Matrix V = arbitrary(2, d, 16);
  const LawPointer dense = gaussian(arbitrary(d, 1, 17), arbitrary_covariance(d, 18));
  for (const LawPointer& law : {dense, sphere(d, 1.5)}) {
    INFO(law->name());
    constexpr Index n = 100000;
    const Matrix tokens = tokens_of(*law, {.seed = 5, .id = 5}, 0, n).cast<double>();
    Matrix outputs(n, 2);
    for (Index i = 0; i < n; ++i) {
      outputs.row(i) = (V * law->tilted_mean(A * tokens.row(i).transpose())).transpose();
    }
    const Vector mean = outputs.colwise().mean();
    const Matrix centred = outputs.rowwise() - mean.transpose();
    const Matrix covariance = centred.transpose() * centred / static_cast<double>(n);
    const auto exact = law->transformed_moments(A, V);
    REQUIRE(exact);
    CHECK((mean - exact->mean).norm() < 0.02 * std::sqrt(exact->covariance.trace()));
    CHECK((covariance - exact->covariance).norm() < 0.02 * exact->covariance.norm());
  }
}
