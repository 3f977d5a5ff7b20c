#include <catch_amalgamated.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "special/box_norm.hpp"
#include "special/box_transform.hpp"
#include "special/gauss_legendre.hpp"
#include "special/portable.hpp"
#include "special/sphere_functions.hpp"
#include "special/sphere_transform.hpp"

using namespace asymptoken;
using namespace asymptoken::detail;

namespace {

/// |actual - expected| / |expected|
double relative(double actual, double expected) {
  return actual == expected ? 0.0 : std::abs(actual - expected) / std::abs(expected);
}

/// Values to 17 digits from series, continued fractions and asymptotic expansions in 60 digits or more. What is below the
/// range of a double is given as 0.
struct SphereRow {
  double d, r;
  double mean, gap, variance, log_mgf, log_inflation, mean_shift;
};
const std::vector<SphereRow> sphere_rows = {
    {1, 1e-300, 1.0000000000000000e-300, 1.0000000000000000, 1.0000000000000000, 0, 0,
     1.0000000000000000e-300},
    {1, 0.25, 0.24491866240370913, 0.75508133759629087, 0.94001484880637796, 0.030929803620161371,
     0.058254899717954782, 0.21719849485630063},
    {1, 30.0, 1.0000000000000000, 1.7513021525393041e-26, 3.5026043050786081e-26, 29.306852819440055,
     0.69314718055994531, 1.7513021525393041e-26},
    {1, 100000.0, 1.0000000000000000, 0, 0, 99999.306852819440, 0.69314718055994531, 0},
    {2, 1e-300, 5.0000000000000001e-301, 1.0000000000000000, 0.50000000000000000, 0, 0,
     5.0000000000000001e-301},
    {2, 1e-05, 4.9999999999375004e-6, 0.99999500000000006, 0.49999999998125000, 2.4999999999843754e-11,
     4.9999999997812508e-11, 4.9999999995625004e-6},
    {2, 0.5, 0.24249961258080195, 0.75750038741919805, 0.45619471273655707, 0.061549719185481304,
     0.11281492013621604, 0.20389035331573256},
    {2, 30.0, 0.98318955536533609, 0.016810444634663907, 0.00056531304166817765, 27.384701433171936,
     2.2665873233112709, 0.0084417947588726797},
    {2, 49.9, 0.98992872040744602, 0.010071279592553980, 0.00020287760250770798, 47.028581616803370,
     2.5235729881569740, 0.0050485816381062792},
    {2, 50.5, 0.99004899317351694, 0.0099510068264830581, 0.00019806055821397918, 47.622575075384816,
     2.5295948724036705, 0.0049881348360057524},
    {2, 10000.0, 0.99994999874987498, 5.0001250125019535e-5, 5.0002500375078145e-9, 9994.4759037814323,
     5.1775163778189194, 2.5000937609393314e-5},
    {3, 20.0, 0.95000000000000001, 0.049999999999999992, 0.0024999999999999830, 16.311120545886064,
     2.9957322735539910, 0.024999999999999992},
    {3, 2000.0, 0.99950000000000000, 0.00050000000000000000, 2.5000000000000000e-7, 1991.7059503598980,
     7.6009024595420824, 0.00025000000000000000},
    {8, 3.9, 0.41658177114635760, 0.58341822885364240, 0.078748756660229581, 0.87542337698855382,
     1.2193616807016589, 0.21388338374923321},
    {17, 45.0, 0.83626412745541896, 0.16373587254458104, 0.0033239527026333867, 27.747860071029207,
     12.022061044062261, 0.078336608849330375},
    {50, 1e-150, 2.0000000000000000e-152, 1.0000000000000000, 0.020000000000000000, 1.0000000000000000e-302,
     2.0000000000000000e-302, 2.0000000000000000e-152},
    {50, 0.01, 0.00019999999230769288, 0.99980000000769231, 0.019999997692307977, 9.9999998076923176e-7,
     1.9999997307692897e-6, 0.00019999994615386382},
    {50, 30.0, 0.47052758969548591, 0.52947241030451409, 0.010075390832729475, 7.8841325090318487,
     9.6471349987141810, 0.19931300699995204},
    {50, 1000.0, 0.97578812171736426, 0.024211878282635737, 2.3923551147457691e-5, 900.97331363278408,
     82.188613900635373, 0.012033880449274083},
    {50, 100000.0, 0.99975502878778746, 0.00024497121221253506, 2.4494242413801525e-9, 99788.431770542196,
     194.58756291986904, 0.00012247840912349381},
    {101, 10.0, 0.098075699810172479, 0.90192430018982752, 0.0096241590050201465, 0.49269954997881094,
     0.95852039764426959, 0.092856110436552177},
    {104, 4.0, 0.038405874681387777, 0.96159412531861222, 0.0095737157442222715, 0.076867360408124483,
     0.15307114572694167, 0.038075643000894101},
    {768, 3.0, 0.0039061905519772798, 0.99609380944802272, 0.0013020238865137650, 0.0058593304135317694,
     0.011718125832755367, 0.0039058339071495042},
    {768, 400.0, 0.42633600506008290, 0.57366399493991710, 0.00073832108670001458, 93.519812736088468,
     122.86833932972416, 0.20309915399613820},
    {768, 20000.0, 0.98100835329533807, 0.018991646704661928, 9.4041589294460622e-7, 18361.892331328293,
     1374.1193050005841, 0.0094499870343653149},
    {4096, 100.0, 0.024399534982850466, 0.97560046501714953, 0.00024370514489408513, 1.2203397930440505,
     2.4363333832001659, 0.024312782532747421},
    {100000, 0.5, 4.9999999998750025e-6, 0.99999500000000012, 9.9999999992500150e-6, 1.2499999999843753e-6,
     2.4999999997812544e-6, 4.9999999991250175e-6},
    {100000, 50000.0, 0.41421442023469843, 0.58578557976530157, 5.8578886404816046e-6, 11299.372735176412,
     15144.141003943322, 0.20382109638301849},
    {100000, 100000.0, 0.61803551661771692, 0.38196448338228308, 2.7639365210074139e-6, 37742.886474296147,
     33639.058537612826, 0.16274232417125955},
    {2, 1000000000000.0, 0.99999999999950000, 5.0000000000012500e-13, 5.0000000000025000e-25,
     999999999985.26555, 14.387875500888787, 2.5000000000009375e-13},
    {50, 1e+18, 0.99999999999999998, 2.4500000000000000e-17, 2.4499999999999999e-35, 9.9999999999999906e+17,
     927.95659688830915, 1.2250000000000000e-17},
    {768, 1e+30, 1.0000000000000000, 3.8349999999999999e-28, 3.8349999999999998e-58, 1.0000000000000000e+30,
     24061.872545066064, 1.9175000000000000e-28},
};

/// Two singular values s1 (p times) and s2 (d - p times): the mass on the first is a Beta variate, one integral in 25
/// digits.
struct TransformRow {
  Index d;
  double radius, s1;
  Index p;
  double s2;
  double eigenvalue1, eigenvalue2;
};
const std::vector<TransformRow> transform_rows = {
    {2, 1.0, 200.0, 1, 0.001, 0.97802979059382094, 2.4017384110098358e-9},
    {2, 1.0, 100000000.0, 1, 0.0, 0.99999987252006476, 0},
    {3, 1.5, 1000000000000.0, 1, 1e-05, 2.2499999999432511, 1.2331625108217544e-22},
    {4, 2.0, 30.0, 1, 1.0, 3.4132992526251857, 0.050547667145733399},
    {5, 1.0, 0.001, 2, 1e-05, 7.9999997387559289e-9, 7.9999998693551068e-13},
    {20, 1.0, 10000.0, 1, 0.0, 0.96548555435634888, 0},
    {50, 1.0, 10000.0, 1, 50.0, 0.88141032645343616, 0.00048126228200260017},
    {50, 1.0, 10000000.0, 49, 100.0, 0.020408062218473008, 2.1276488107747093e-12},
    {50, 1.0, 10.0, 25, 9.99, 0.00074372394734445529, 0.00074224120245631619},
    {50, 1e-100, 1e+202, 3, 1e+200, 5.0466766911657943e-202, 5.9191992529059124e-206},
    {50, 100000.0, 0.001, 20, 1e-08, 499996033.65151671, 0.055555088925130358},
    {768, 1.0, 1000.0, 384, 500.0, 0.00081647725481711605, 0.00020447820499748518},
    {3000, 1.0, 100000.0, 1, 10.0, 0.16390969197555272, 2.6674082765703126e-9},
};

}  // namespace

TEST_CASE("portable functions agree with the libm to a few ulp", "[special]") {
  constexpr double few_ulp = 1e-15;
  for (double x = -700.0; x < 709.0; x += 0.37) {
    INFO("x = " << x);
    CHECK(relative(portable_exp(x), std::exp(x)) < few_ulp);
    CHECK(relative(portable_expm1(x / 100.0), std::expm1(x / 100.0)) < few_ulp);
    CHECK(relative(portable_log1p(std::exp(x)), std::log1p(std::exp(x))) < few_ulp);
    CHECK(relative(portable_hypot(x, 3.0), std::hypot(x, 3.0)) < few_ulp);
  }
  for (double x = 1e-300; x < 1e-3; x *= 1e7) {
    CHECK(relative(portable_log1p(-x), std::log1p(-x)) < few_ulp);
    CHECK(relative(portable_expm1(-x), std::expm1(-x)) < few_ulp);
  }
}

TEST_CASE("portable functions at the ends of the range", "[special]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(portable_exp(infinity) == infinity);
  CHECK(portable_exp(-infinity) == 0.0);
  CHECK(portable_exp(0.0) == 1.0);
  CHECK(portable_exp(710.0) == infinity);
  CHECK(portable_exp(709.78) > 1e308);
  CHECK(relative(portable_exp(-740.0), std::exp(-740.0)) < 1e-2);  // a denormal number of few bits
  CHECK(std::isnan(portable_exp(std::numeric_limits<double>::quiet_NaN())));
  CHECK(portable_log1p(infinity) == infinity);
  CHECK(portable_expm1(-infinity) == -1.0);
  CHECK(portable_hypot(0.0, 0.0) == 0.0);
  CHECK(portable_hypot(3e300, 4e300) == 5e300);
  CHECK(portable_hypot(infinity, 1.0) == infinity);
}

TEST_CASE("portable sine and cosine", "[special]") {
  CHECK(portable_sincos(0.0).sine == 0.0);
  CHECK(portable_sincos(0.0).cosine == 1.0);
  for (double x = 1e-12; x < 1e6; x *= 1.0007) {
    const SineCosine positive = portable_sincos(x);
    const SineCosine negative = portable_sincos(-x);
    CHECK(std::abs(positive.sine - std::sin(x)) < 2.3e-16);
    CHECK(std::abs(positive.cosine - std::cos(x)) < 2.3e-16);
    CHECK(negative.sine == -positive.sine);
    CHECK(negative.cosine == positive.cosine);
  }
  CHECK(relative(portable_sincos(1e-9).sine, 1e-9) < 1e-15);
  // multiples of pi/2, where the reduction cancels most
  CHECK(std::abs(portable_sincos(6.123233995736766e-17).sine - 6.123233995736766e-17) < 1e-30);
  CHECK(relative(portable_sincos(std::numbers::pi).sine, 1.2246467991473532e-16) < 1e-10);
}

TEST_CASE("Gauss-Legendre rules are exact for polynomials", "[special]") {
  for (const int count : {1, 2, 5, 40, 1000}) {
    INFO(count << " nodes");
    const std::vector<QuadratureNode> nodes = gauss_legendre(count, 2.5);
    REQUIRE(std::ssize(nodes) == count);
    for (int degree = 0; degree < std::min(2 * count, 60); ++degree) {
      double sum = 0.0;
      for (const QuadratureNode& node : nodes) {
        sum += node.weight * std::pow(node.x, degree);
      }
      CHECK(relative(sum, std::pow(2.5, degree + 1) / (degree + 1)) < 1e-13);
    }
  }
}

TEST_CASE("transformed box: small slopes keep their digits", "[special]") {
  // L(r) = r/3 - r^3/45 + ..., so E L(X) L(Y) = E XY/9 - ..., E XY = sum_k a_k b_k / 3.
  const Matrix slopes{{1.0, -2.0, 0.5}, {0.25, 1.0, 3.0}, {0.0, 0.0, 0.0}};
  const Matrix leading = slopes * slopes.transpose() / 27.0;
  for (const double size : {1e-100, 1e-9, 1e-7}) {
    const auto result = box_transform(size * slopes);
    REQUIRE(result);
    CHECK((*result / size / size - leading).norm() < 1e-12 * leading.norm());
  }
  // different coordinates are independent
  const auto alike = box_transform(Matrix{{40.0, 0.0}, {0.0, 40.0}});
  REQUIRE(alike);
  CHECK((*alike)(0, 1) == 0.0);
  CHECK((*alike)(0, 0) == (*alike)(1, 1));
  CHECK(!box_transform(Matrix{{1e5}}));
}

TEST_CASE("portable square root of complex numbers", "[special]") {
  for (int k = -9; k <= 9; ++k) {
    const std::complex<double> z = std::polar(1.7, 0.1 * std::numbers::pi * k);
    const std::complex<double> root = portable_sqrt(z);
    CHECK(std::abs(root * root - z) < 1e-15);
    CHECK(root.real() >= 0.0);
  }
}

TEST_CASE("functions of the tilted sphere from r = 1e-300 to 1e300, d = 1 to 1e5", "[special]") {
  for (const SphereRow& row : sphere_rows) {
    INFO("d = " << row.d << ", r = " << row.r);
    const SphereTilt tilt = sphere_tilt(row.d, row.r);
    CHECK(relative(tilt.mean, row.mean) < 1e-15);
    CHECK(relative(tilt.gap, row.gap) < 3e-14);
    CHECK(relative(tilt.mean_over_r, row.mean / row.r) < 1e-15);
    CHECK(relative(tilt.variance, row.variance) < 3e-14);
    CHECK(relative(sphere_log_mgf(row.d, row.r), row.log_mgf) < 1e-14);
    CHECK(relative(sphere_log_inflation(row.d, row.r), row.log_inflation) < 3e-14);
    CHECK(relative(sphere_mean_shift(row.d, row.r), row.mean_shift) < 3e-14);
  }
}

TEST_CASE("the tilted sphere at r = 0 and infinity", "[special]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double d : {1.0, 2.0, 50.0, 1000.0}) {
    INFO("d = " << d);
    const SphereTilt flat = sphere_tilt(d, 0.0);
    CHECK(flat.mean == 0.0);
    CHECK(flat.gap == 1.0);
    CHECK(relative(flat.mean_over_r, 1.0 / d) < 1e-15);
    CHECK(relative(flat.variance, 1.0 / d) < 1e-14);
    CHECK(sphere_log_mgf(d, 0.0) == 0.0);
    CHECK(sphere_log_inflation(d, 0.0) == 0.0);
    CHECK(sphere_mean_shift(d, 0.0) == 0.0);
    const SphereTilt point = sphere_tilt(d, infinity);
    CHECK(point.mean == 1.0);
    CHECK(point.gap == 0.0);
    CHECK(point.variance == 0.0);
    CHECK(sphere_log_mgf(d, infinity) == infinity);
    CHECK(sphere_mean_shift(d, infinity) == 0.0);
  }
}

TEST_CASE("the mean ratio in the complex plane continues the real one", "[special]") {
  for (const double d : {1.0, 2.0, 3.0, 50.0, 768.0}) {
    for (const double r : {1e-3, 1.0, 10.0, 60.0, 1e4}) {
      INFO("d = " << d << ", r = " << r);
      const std::complex<double> on_axis = sphere_mean_ratio(d, r * r);
      CHECK(relative(on_axis.real(), sphere_tilt(d, r).mean_over_r) < 1e-14);
      CHECK(on_axis.imag() == 0.0);
      // A_d(r)/r = 1/(d + r^2 A_{d+2}(r)/r), off the axis too
      const std::complex<double> v = std::polar(r * r, 0.75 * std::numbers::pi);
      const std::complex<double> ratio = sphere_mean_ratio(d, v);
      CHECK(std::abs(1.0 / (d + v * sphere_mean_ratio(d + 2.0, v)) - ratio) < 2e-14 * std::abs(ratio));
    }
  }
}

TEST_CASE("transformed sphere: two singular values of any size", "[special]") {
  for (const TransformRow& row : transform_rows) {
    INFO("d = " << row.d << ", R = " << row.radius << ", " << row.p << " times " << row.s1 << ", then "
                << row.s2);
    Vector singular_values = Vector::Constant(row.d, row.s2);
    singular_values.head(row.p).setConstant(row.s1);
    const SphereTransform transform = sphere_transform(row.radius, singular_values);
    CHECK(transform.relative_error < 1e-14);
    CHECK(relative(transform.eigenvalues[0], row.eigenvalue1) < 2e-13);
    CHECK(relative(transform.eigenvalues[row.d - 1], row.eigenvalue2) < 2e-13);
  }
}

TEST_CASE("transformed circle: the average over angles", "[special]") {
  for (const double ratio : {0.0, 0.1, 0.9, 0.999999}) {
    const double s = 7.0;
    double first = 0.0;
    double second = 0.0;
    constexpr int angles = 4000;
    for (int k = 0; k < angles; ++k) {
      const double x = s * std::cos((k + 0.5) * std::numbers::pi / angles);
      const double y = ratio * s * std::sin((k + 0.5) * std::numbers::pi / angles);
      const double mean_over_r = sphere_tilt(2.0, std::hypot(x, y)).mean_over_r;
      first += x * mean_over_r * x * mean_over_r / angles;
      second += y * mean_over_r * y * mean_over_r / angles;
    }
    INFO("s = 7, " << ratio * s);
    const SphereTransform transform = sphere_transform(1.0, Vector{{s, ratio * s}});
    CHECK(relative(transform.eigenvalues[0], first) < 1e-13);
    CHECK(relative(transform.eigenvalues[1], second) < 1e-13);
  }
}

TEST_CASE("transformed sphere: special spectra", "[special]") {
  SECTION("nothing is left of A = 0") {
    CHECK(sphere_transform(2.0, Vector::Zero(5)).eigenvalues == Vector::Zero(5));
    CHECK(sphere_transform(2.0, Vector::Zero(1)).eigenvalues == Vector::Zero(1));
  }
  SECTION("two points") {
    const double mean = std::tanh(2.0 * 2.0 * 0.3);
    CHECK(relative(sphere_transform(2.0, Vector{{0.3}}).eigenvalues[0], 4.0 * mean * mean) < 1e-15);
  }
  SECTION("equal singular values: a constant radius") {
    for (const Index d : {Index(2), Index(3), Index(50), Index(1000)}) {
      const double mean = sphere_tilt(static_cast<double>(d), 30.0).mean;
      const Vector expected = Vector::Constant(d, mean * mean / static_cast<double>(d));
      CHECK((sphere_transform(1.0, Vector::Constant(d, 30.0)).eigenvalues - expected).norm() < 1e-15);
      // and nearly equal ones, which go through the integral
      Vector perturbed = Vector::Constant(d, 30.0);
      perturbed[0] *= 1.0 + 1e-13;
      CHECK((sphere_transform(1.0, perturbed).eigenvalues - expected).norm() < 1e-12 * expected.norm());
    }
  }
  SECTION("outputs reach the sphere as A grows: the trace tends to R^2") {
    const Vector spread{{1e60, 1e40, 1e30, 1e10, 1e5, 1e5, 1.0, 1e-5, 1e-60, 0.0}};
    const SphereTransform transform = sphere_transform(3.0, spread);
    CHECK(std::abs(transform.eigenvalues.sum() - 9.0) < 1e-11);
    CHECK(transform.relative_error < 1e-14);
    CHECK(transform.eigenvalues[4] == transform.eigenvalues[5]);
    CHECK(transform.eigenvalues[9] == 0.0);
  }
  SECTION("A is near 0: the map is linear, R^2 s / d") {
    const Vector small{{1e-9, 3e-10, 1e-40, 0.0}};
    const Vector eigenvalues = sphere_transform(2.0, small).eigenvalues;
    for (Index k = 0; k < small.size(); ++k) {
      CHECK(relative(eigenvalues[k], 4.0 * std::pow(4.0 * small[k] / 4.0, 2) / 4.0) < 3e-14);
    }
  }
}

TEST_CASE("the mean distance to a point of a box", "[special]") {
  const double root = std::sqrt(3.0);
  const auto of = [](double c, const std::vector<double>& s) {
    return mean_box_norm(c, Vector::Map(s.data(), std::ssize(s)));
  };
  CHECK(of(0, {}) == 0);
  CHECK(of(0, {0, 0}) == 0);
  CHECK(relative(of(4, {}), 2) < 1e-10);
  // In [-1, 1]: 1/2; in the unit square and the unit cube, from their middle, in closed form.
  CHECK(relative(of(0, {1e-9 / root}), 0.5e-9) < 1e-10);
  const double square = (std::numbers::sqrt2 + std::log(1 + std::numbers::sqrt2)) / 3;
  CHECK(relative(of(0, {1 / root, 0, 1 / root}), square) < 1e-10);
  const double cube = root / 4 - std::numbers::pi / 24 + std::log(2 + root) / 2;
  CHECK(relative(of(0, {1 / root, 1 / root, 1 / root}), cube) < 1e-10);
  // E sqrt(1 + u^2)
  CHECK(relative(of(1, {1 / root}), (std::numbers::sqrt2 + std::asinh(1.0)) / 2) < 1e-10);
  // Concentrated in high dimension: sqrt(m) (1 - Var(x^2)/(8 m)), Var(x^2) = 4/5.
  CHECK(relative(of(0, std::vector<double>(10000, 1.0)), 100 * (1 - 0.1 / 10000)) < 1e-8);
}
