#include <catch_amalgamated.hpp>
#include <cmath>
#include <numbers>

#include "special/student.hpp"

using asymptoken::detail::student_quantile;

TEST_CASE("Student's quantiles are those of the closed forms and tables", "[special]") {
  // One degree of freedom is Cauchy's law, two have t = 2 (2p - 1) / sqrt(8 p (1 - p)).
  CHECK(student_quantile(1) == Catch::Approx(std::tan(std::numbers::pi * 0.475)).epsilon(1e-9));
  CHECK(student_quantile(2) == Catch::Approx(2 * 0.95 / std::sqrt(8 * 0.975 * 0.025)).epsilon(1e-9));
  // Abramowitz and Stegun, table 26.10.
  const double table[][2] = {{3, 3.182}, {4, 2.776}, {9, 2.262}, {29, 2.045}, {120, 1.980}};
  for (const auto& [degrees, quantile] : table) {
    CHECK(student_quantile(degrees) == Catch::Approx(quantile).margin(5e-4));
  }
  CHECK(student_quantile(1e9) == Catch::Approx(1.959963984540054).epsilon(1e-8));
  // Between whole numbers it falls, and where the expansion takes over it is as it was.
  CHECK(student_quantile(2.5) < student_quantile(2));
  CHECK(student_quantile(2.5) > student_quantile(3));
  CHECK(student_quantile(200) == Catch::Approx(student_quantile(199.999999)).epsilon(1e-8));
}
