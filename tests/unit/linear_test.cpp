#include "asymptoken/linear.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstring>
#include <limits>

#include "asymptoken/error.hpp"
#include "asymptoken/random.hpp"

using namespace asymptoken;

namespace {

struct Shape {
  Index rows, inputs, outputs;
};

/// Every count of rows and of outputs up to two tiles of any target, and sizes well beyond a tile and a block of rows.
std::vector<Shape> shapes() {
  std::vector<Shape> shapes = {{1, 1, 1},     {3, 1, 5},     {1, 768, 768}, {5, 768, 3}, {13, 769, 767},
                               {512, 64, 50}, {513, 17, 33}, {1025, 3, 2},  {6, 3072, 9}};
  for (Index rows = 1; rows <= 17; ++rows) {
    shapes.push_back({rows, 7, 19});
  }
  for (Index outputs = 1; outputs <= 97; ++outputs) {
    shapes.push_back({9, 5, outputs});
  }
  return shapes;
}

std::vector<float> normals(Index count, std::uint64_t id) {
  std::vector<float> numbers(static_cast<std::size_t>(count));
  normal_variates({.seed = 11, .id = id}, 0, numbers);
  return numbers;
}

struct Problem {
  Rows<float> x, W;
  std::vector<float> b;

  explicit Problem(const Shape& shape) : b(normals(shape.outputs, 3)) {
    const std::vector<float> tokens = normals(shape.rows * shape.inputs, 1);
    const std::vector<float> weights = normals(shape.outputs * shape.inputs, 2);
    x = Eigen::Map<const Rows<float>>(tokens.data(), shape.rows, shape.inputs);
    W = Eigen::Map<const Rows<float>>(weights.data(), shape.outputs, shape.inputs);
  }
};

/// The largest error, as a fraction of the bound in the header; float64 stands for the exact value.
double largest_error(const Rows<float>& y, const Problem& in, const std::vector<float>& b) {
  double largest = 0;
  for (Index i = 0; i < y.rows(); ++i) {
    for (Index j = 0; j < y.cols(); ++j) {
      double exact = b.empty() ? 0.0 : static_cast<double>(b[static_cast<std::size_t>(j)]);
      double magnitude = std::abs(exact);
      for (Index k = 0; k < in.x.cols(); ++k) {
        const double product = static_cast<double>(in.x(i, k)) * static_cast<double>(in.W(j, k));
        exact += product;
        magnitude += std::abs(product);
      }
      const double bound = static_cast<double>(in.x.cols() + 1) * 0x1p-24 * magnitude;
      const double error = std::abs(static_cast<double>(y(i, j)) - exact) / bound;
      largest = std::isnan(error) ? std::numeric_limits<double>::infinity() : std::max(largest, error);
    }
  }
  return largest;
}

std::vector<Compute> all_computes() {
  std::vector<Compute> computes;
  for (const SimdTarget target : available_simd_targets()) {
    computes.push_back({.target = target, .deterministic = false});
    computes.push_back({.target = target, .deterministic = true});
  }
  return computes;
}

bool same_bits(const Rows<float>& a, const Rows<float>& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("a linear map of any shape is within its bound of the exact one", "[linear]") {
  for (const Shape& shape : shapes()) {
    const Problem in(shape);
    for (const Compute compute : all_computes()) {
      INFO(name_of(compute.target) << (compute.deterministic ? ", deterministic, " : ", ") << shape.rows
                                   << " x " << shape.inputs << " x " << shape.outputs);
      const LinearMap map(in.W, in.b, compute);
      CHECK(map.inputs() == shape.inputs);
      CHECK(map.outputs() == shape.outputs);
      CHECK(largest_error(map(in.x), in, in.b) < 1);
      CHECK(largest_error(LinearMap(in.W, {}, compute)(in.x), in, {}) < 1);
    }
  }
}

TEST_CASE("without fused operations a linear map is the plain sum, bit for bit", "[linear]") {
  for (const Shape& shape : shapes()) {
    const Problem in(shape);
    Rows<float> expected(shape.rows, shape.outputs);
    for (Index i = 0; i < shape.rows; ++i) {
      for (Index j = 0; j < shape.outputs; ++j) {
        float sum = in.b[static_cast<std::size_t>(j)];
        for (Index k = 0; k < shape.inputs; ++k) {
          sum += in.W(j, k) * in.x(i, k);
        }
        expected(i, j) = sum;
      }
    }
    for (const SimdTarget target : available_simd_targets()) {
      INFO(name_of(target) << ", " << shape.rows << " x " << shape.inputs << " x " << shape.outputs);
      CHECK(same_bits(LinearMap(in.W, in.b, {.target = target, .deterministic = true})(in.x), expected));
    }
  }
}

TEST_CASE("a row's output does not depend on the rows beside it", "[linear]") {
  const Problem in({530, 37, 41});
  for (const Compute compute : all_computes()) {
    const LinearMap map(in.W, in.b, compute);
    const Rows<float> whole = map(in.x);
    for (const Index row : {Index{0}, Index{5}, Index{264}, Index{529}}) {
      INFO(name_of(compute.target) << ", row " << row);
      CHECK(same_bits(map(in.x.row(row)), whole.row(row)));
    }
    CHECK(map(in.x.topRows(0)).rows() == 0);
  }
}

TEST_CASE("a linear map reads and writes parts of wider rows, and nothing beside them", "[linear]") {
  const Problem in({11, 23, 21});
  for (const Compute compute : all_computes()) {
    INFO(name_of(compute.target));
    const Rows<float> expected = LinearMap(in.W, in.b, compute)(in.x);
    Rows<float> wide_x = Rows<float>::Constant(11, 40, std::numeric_limits<float>::quiet_NaN());
    wide_x.middleCols(4, 23) = in.x;
    Rows<float> wide_W = Rows<float>::Constant(21, 31, std::numeric_limits<float>::quiet_NaN());
    wide_W.leftCols(23) = in.W;
    Rows<float> wide_y = Rows<float>::Constant(11, 30, 7.0F);
    LinearMap(wide_W.leftCols(23), in.b, compute).apply(wide_x.middleCols(4, 23), wide_y.middleCols(3, 21));
    CHECK(same_bits(wide_y.middleCols(3, 21), expected));
    CHECK((wide_y.leftCols(3).array() == 7.0F).all());
    CHECK((wide_y.rightCols(6).array() == 7.0F).all());
  }
}

TEST_CASE("NaN and infinity reach the outputs they belong to", "[linear]") {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  Rows<float> W(3, 2);
  W << 1, 0, 1, 2, -1, 3;
  Rows<float> x(4, 2);
  x << 1, 2, infinity, 1, 1, infinity, std::numeric_limits<float>::quiet_NaN(), 0;
  const std::vector<float> b = {0, 10, -infinity};
  for (const Compute compute : all_computes()) {
    INFO(name_of(compute.target));
    const Rows<float> y = LinearMap(W, b, compute)(x);
    CHECK(y(0, 0) == 1);
    CHECK(y(0, 1) == 15);
    CHECK(y(0, 2) == -infinity);
    CHECK(y(1, 0) == infinity);
    CHECK(y(1, 1) == infinity);
    CHECK(y(1, 2) == -infinity);
    CHECK(std::isnan(y(2, 0)));  // 0 times infinity
    CHECK(y(2, 1) == infinity);
    CHECK(std::isnan(y(2, 2)));  // -infinity + infinity
    CHECK(y.row(3).array().isNaN().all());
  }
}

TEST_CASE("a linear map refuses sizes that disagree", "[linear]") {
  using Catch::Matchers::Message;
  const Rows<float> W = Rows<float>::Zero(3, 4);
  const std::vector<float> two(2);
  const LinearMap map(W);
  Rows<float> y(5, 3);
  CHECK_THROWS_MATCHES(LinearMap(W.topRows(0)), Error,
                       Message("number of outputs is 0; expected at least 1"));
  CHECK_THROWS_MATCHES(LinearMap(W.leftCols(0)), Error,
                       Message("number of inputs is 0; expected at least 1"));
  CHECK_THROWS_MATCHES(LinearMap(W, two), Error,
                       Message("size of the bias is 2; expected the number of outputs, 3"));
  CHECK_THROWS_MATCHES(map(Rows<float>::Zero(5, 3)), Error,
                       Message("number of columns of x is 3; expected the number of inputs, 4"));
  CHECK_THROWS_MATCHES(map.apply(Rows<float>::Zero(6, 4), y), Error,
                       Message("number of rows of y is 5; expected that of x, 6"));
  CHECK_THROWS_MATCHES(map.apply(Rows<float>::Zero(5, 4), y.leftCols(2)), Error,
                       Message("number of columns of y is 2; expected the number of outputs, 3"));
}
