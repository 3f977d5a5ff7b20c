#include <Eigen/LU>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <numbers>

#include "arbitrary.hpp"
#include "asymptoken/limit.hpp"
#include "example_laws.hpp"

// Moments of the transformed law against quadratures of its definition, E Gamma and Cov Gamma over x of the law.

using namespace asymptoken;

namespace {

struct Node {
  double x;
  double weight;
};

/// Gauss's rule of five nodes on each of `panels` parts of [a, b].
std::vector<Node> composite_gauss(double a, double b, int panels) {
  constexpr Node rule[] = {{-0.9061798459386640, 0.2369268850561891},
                           {-0.5384693101056831, 0.4786286704993665},
                           {0.0, 0.5688888888888889},
                           {0.5384693101056831, 0.4786286704993665},
                           {0.9061798459386640, 0.2369268850561891}};
  std::vector<Node> nodes;
  const double half = (b - a) / (2.0 * panels);
  for (int panel = 0; panel < panels; ++panel) {
    for (const Node& node : rule) {
      nodes.push_back({a + half * (2 * panel + 1 + node.x), half * node.weight});
    }
  }
  return nodes;
}

/// Sums of weights, values and their products, the values less the first one.
class Sums {
 public:
  void add(double weight, const Vector& value) {
    if (total_ == 0.0) {
      origin_ = value;
      first_ = Vector::Zero(value.size());
      second_ = Matrix::Zero(value.size(), value.size());
    }
    total_ += weight;
    const Vector shifted = value - origin_;
    first_ += weight * shifted;
    second_ += weight * shifted * shifted.transpose();
  }
  Vector mean() const { return origin_ + first_ / total_; }
  Matrix covariance() const { return second_ / total_ - first_ * first_.transpose() / total_ / total_; }

 private:
  double total_ = 0.0;
  Vector origin_;
  Vector first_;
  Matrix second_;
};

void check_moments(const Law& law, const AttentionForm& attention, const Sums& expected, double tolerance) {
  const Moments moments = transformed_moments(law, attention);
  const double scale = expected.covariance().norm();
  CHECK((moments.mean - expected.mean()).norm() <= tolerance * (std::sqrt(scale) + expected.mean().norm()));
  CHECK((moments.covariance - expected.covariance()).norm() <= tolerance * scale);
  CHECK(moments.covariance == moments.covariance.transpose());
}

Vector output(const Law& law, const AttentionForm& attention, const Vector& x) {
  return attention.V * law.tilted_mean(attention.A * x);
}

double langevin(double r) {
  return std::abs(r) < 1e-2 ? r / 3.0 - r * r * r / 45.0 : 1.0 / std::tanh(r) - 1.0 / r;
}

/// A component's weight times its density.
class Density {
 public:
  explicit Density(const GaussianComponent& component)
      : mean_(component.mean),
        precision_(component.covariance.inverse()),
        height_(component.weight / std::sqrt((2.0 * std::numbers::pi * component.covariance).determinant())) {
  }

  double operator()(const Vector& x) const {
    return height_ * std::exp(-0.5 * (x - mean_).dot(precision_ * (x - mean_)));
  }

 private:
  Vector mean_;
  Matrix precision_;
  double height_;
};

/// The mixture's quadrature: the trapezoidal rule on a grid that holds all of the mass.
Sums mixture_sums(const std::vector<GaussianComponent>& components, const AttentionForm& attention,
                  double reach, double step) {
  const LawPointer law = gaussian_mixture(components);
  const Index d = law->dimension();
  const auto side = static_cast<Index>(2.0 * reach / step);
  Index count = 1;
  for (Index k = 0; k < d; ++k) {
    count *= side;
  }
  const std::vector<Density> densities(components.begin(), components.end());
  Sums sums;
  Vector x(d);
  for (Index node = 0; node < count; ++node) {
    Index rest = node;
    for (Index k = 0; k < d; ++k) {
      x[k] = (static_cast<double>(rest % side) + 0.5) * step - reach;
      rest /= side;
    }
    double density = 0.0;
    for (const Density& of_component : densities) {
      density += of_component(x);
    }
    if (density > 1e-18) {
      sums.add(density, output(*law, attention, x));
    }
  }
  return sums;
}

}  // namespace

TEST_CASE("transformed moments of the box, on the line and in the plane", "[transformed]") {
  for (const double a : {1e-6, 0.1, 1.0, 7.0, 60.0}) {
    INFO("slope " << a);
    const LawPointer law = box(Vector{{1.5}});
    Sums sums;
    for (const Node& node : composite_gauss(-1.0, 1.0, 2000)) {
      sums.add(node.weight, Vector{{1.5 * langevin(1.5 * a * 1.5 * node.x)}});
    }
    check_moments(*law, {.A = Matrix{{a}}, .V = Matrix{{1.0}}}, sums, 1e-10);
  }
  for (const double size : {0.01, 1.0, 12.0}) {
    INFO("size " << size);
    const LawPointer law = box(Vector{{1.5, 0.75}});
    const AttentionForm attention{.A = size * arbitrary(2, 2, 50), .V = arbitrary(3, 2, 51)};
    Sums sums;
    for (const Node& first : composite_gauss(-1.5, 1.5, 60)) {
      for (const Node& second : composite_gauss(-0.75, 0.75, 60)) {
        sums.add(first.weight * second.weight, output(*law, attention, Vector{{first.x, second.x}}));
      }
    }
    check_moments(*law, attention, sums, 1e-10);
  }
}

TEST_CASE("transformed moments of a box of many dimensions are those of its tokens", "[transformed]") {
  const Index d = 12;
  const LawPointer law = box(Vector::Ones(d));
  const AttentionForm attention{.A = 4.0 * arbitrary(d, d, 52), .V = arbitrary(2, d, 53)};
  Rows<float> tokens(100000, d);
  law->sample({.seed = 6, .id = 6}, 0, tokens);
  Sums sums;
  for (const auto& token : tokens.rowwise()) {
    sums.add(1.0, output(*law, attention, token.transpose().cast<double>()));
  }
  // 5 standard errors of a variance are 5 sqrt(2/n) = 0.022 of it
  check_moments(*law, attention, sums, 0.022);
}

TEST_CASE("transformed moments of the ball in the plane", "[transformed]") {
  for (const double size : {0.5, 4.0}) {
    const LawPointer law = ball(2, 1.5);
    const AttentionForm attention{.A = size * arbitrary(2, 2, 54), .V = arbitrary(3, 2, 55)};
    Sums sums;
    constexpr int directions = 512;
    for (const Node& radius : composite_gauss(0.0, 1.5, 40)) {
      for (int k = 0; k < directions; ++k) {
        const double angle = 2.0 * std::numbers::pi * k / directions;
        sums.add(radius.weight * radius.x,
                 output(*law, attention, radius.x * Vector{{std::cos(angle), std::sin(angle)}}));
      }
    }
    check_moments(*law, attention, sums, 1e-11);
  }
}

TEST_CASE("transformed moments of laws on finitely many points", "[transformed]") {
  const Index d = 4;
  const Vector low = arbitrary(d, 1, 56).array() - 1.0;
  const Vector high = arbitrary(d, 1, 57).array() + 1.0;
  const Vector p{{0.5, 0.125, 0.9, 0.3}};
  Rows<double> corners(16, d);
  Vector weights(16);
  for (Index j = 0; j < 16; ++j) {
    weights[j] = 1.0;
    for (Index i = 0; i < d; ++i) {
      const bool is_high = ((j >> i) & 1) == 1;
      corners(j, i) = is_high ? high[i] : low[i];
      weights[j] *= is_high ? p[i] : 1.0 - p[i];
    }
  }
  for (const double size : {0.1, 3.0, 1e6}) {
    Matrix A = size * arbitrary(d, d, 58);
    const LawPointer values = two_point(low, high, p);
    for (const Index unseen : {Index(-1), Index(2)}) {
      if (unseen >= 0) {
        A.col(unseen).setZero();
      }
      const AttentionForm attention{.A = A, .V = arbitrary(2, d, 59)};
      Sums sums;
      for (Index j = 0; j < 16; ++j) {
        const Vector logits = corners * (A * corners.row(j).transpose());
        const Vector softmax = weights.array() * (logits.array() - logits.maxCoeff()).exp();
        sums.add(weights[j], attention.V * (corners.transpose() * softmax / softmax.sum()));
      }
      // under the steepest logits, of 1e6, double precision tells ties apart to 1e-10 only
      check_moments(*points(corners, weights), attention, sums, size < 1e6 ? 1e-12 : 1e-8);
      check_moments(*values, attention, sums, size < 1e6 ? 1e-12 : 1e-8);
    }
  }
}

TEST_CASE("transformed moments of mixtures: on the line, in the plane, in space", "[transformed]") {
  SECTION("on the line") {
    for (const double a : {-3.0, 1e-3, 0.5, 20.0}) {
      INFO("slope " << a);
      const AttentionForm attention{.A = Matrix{{a}}, .V = Matrix{{2.0}}};
      const auto components = example_components(1);
      check_moments(*gaussian_mixture(components), attention, mixture_sums(components, attention, 8.0, 2e-4),
                    1e-11);
    }
  }
  SECTION("in the plane, different shapes: two directions") {
    const AttentionForm attention{.A = 3.0 * arbitrary(2, 2, 60), .V = arbitrary(3, 2, 61)};
    const auto components = example_components(2);
    check_moments(*gaussian_mixture(components), attention, mixture_sums(components, attention, 8.0, 0.04),
                  1e-11);
  }
  SECTION("in space, one shape: one direction for two clusters, two for three; a map of rank one") {
    auto components = example_components(3);
    const AttentionForm rank_one{.A = arbitrary(3, 1, 62) * arbitrary(1, 3, 63), .V = arbitrary(2, 3, 64)};
    check_moments(*gaussian_mixture(components), rank_one, mixture_sums(components, rank_one, 7.0, 0.18),
                  1e-10);
    components[1].covariance = components[2].covariance = components[0].covariance;
    const AttentionForm full{.A = 2.0 * arbitrary(3, 3, 65), .V = arbitrary(2, 3, 66)};
    check_moments(*gaussian_mixture(components), full, mixture_sums(components, full, 7.0, 0.18), 1e-10);
    components.pop_back();
    check_moments(*gaussian_mixture(components), full, mixture_sums(components, full, 7.0, 0.18), 1e-10);
  }
  SECTION("in space, different shapes: three directions") {
    const auto components = example_components(3);
    const AttentionForm attention{.A = arbitrary(3, 3, 67), .V = arbitrary(2, 3, 68)};
    check_moments(*gaussian_mixture(components), attention, mixture_sums(components, attention, 7.0, 0.18),
                  1e-10);
  }
}

TEST_CASE("a mixture of two clusters in fifty dimensions has one direction that matters", "[transformed]") {
  const Index d = 50;
  const Vector apart = arbitrary(d, 1, 69);
  const Matrix shape = 0.1 * Matrix::Identity(d, d);
  const LawPointer law = gaussian_mixture({{{.weight = 1.0, .mean = apart, .covariance = shape},
                                            {.weight = 3.0, .mean = -apart, .covariance = shape}}});
  const AttentionForm attention{.A = 0.3 * arbitrary(d, d, 70), .V = arbitrary(2, d, 71)};
  Rows<float> tokens(100000, d);
  law->sample({.seed = 7, .id = 7}, 0, tokens);
  Sums sums;
  for (const auto& token : tokens.rowwise()) {
    sums.add(1.0, output(*law, attention, token.transpose().cast<double>()));
  }
  check_moments(*law, attention, sums, 0.022);
}

TEST_CASE("moments that would be guesses are refused", "[transformed]") {
  const auto refusal = [](const LawPointer& law, double size) {
    const Index d = law->dimension();
    return sentence(
        [&] { transformed_moments(*law, {.A = size * arbitrary(d, d, 72), .V = Matrix::Identity(d, d)}); });
  };
  CHECK(refusal(gaussian_mixture(example_components(4)), 1.0) ==
        "law.type is gaussian_mixture; expected a law whose transformed moments are known exactly for this "
        "attention");
  CHECK(refusal(gaussian_mixture(example_components(3)), 1e4) ==
        "law.type is gaussian_mixture; expected a law whose transformed moments are known exactly for this "
        "attention");
  CHECK(refusal(box(Vector::Ones(3)), 1e4) ==
        "law.type is box; expected a law whose transformed moments are known exactly for this attention");
  const LawPointer many = two_point(-Vector::Ones(17), Vector::Ones(17), 0.5 * Vector::Ones(17));
  CHECK(
      refusal(many, 1.0) ==
      "law.type is two_point; expected a law whose transformed moments are known exactly for this attention");
}
