#pragma once

#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <map>
#include <utility>

namespace asymptoken::detail {

/// A complex function of a real variable, tabulated where it is asked for: each unit interval as a Chebyshev series.
///
/// To rounding for functions that are analytic within pi/4 of the real axis: the Bernstein ellipse about a unit interval
/// that reaches that far has parameter 3.4, and 3.4^-28 is 1e-15.
template <class Function>
class ChebyshevTable {
 public:
  explicit ChebyshevTable(Function function) : function_(std::move(function)) {}

  std::complex<double> operator()(double x) {
    const double start = std::floor(x);
    const auto found = pieces_.find(start);
    return value(
        found != pieces_.end() ? found->second : pieces_.emplace(start, tabulate(start)).first->second,
        2.0 * (x - start) - 1.0);
  }

 private:
  static constexpr std::size_t terms = 29;
  using Series = std::array<std::complex<double>, terms>;

  /// cos(k (j + 1/2) pi / terms); row 1 holds the nodes. From powers of e^{i pi / (2 terms)}, without a libm.
  static std::array<std::array<double, terms>, terms> cosines() {
    constexpr std::size_t turn = 4 * terms;
    std::array<double, turn> cosine{};
    std::complex<double> power = 1.0;
    for (double& entry : cosine) {
      entry = power.real();
      power *= std::complex<double>(0.9985334138511238, 0.054138908585417526);
    }
    std::array<std::array<double, terms>, terms> table{};
    for (std::size_t k = 0; k < terms; ++k) {
      for (std::size_t j = 0; j < terms; ++j) {
        table[k][j] = cosine[k * (2 * j + 1) % turn];
      }
    }
    return table;
  }

  Series tabulate(double start) const {
    Series series{};
    for (std::size_t j = 0; j < terms; ++j) {
      const std::complex<double> value = function_(start + (1.0 + cosines_[1][j]) / 2.0);
      for (std::size_t k = 0; k < terms; ++k) {
        series[k] += (k == 0 ? 1.0 : 2.0) / terms * cosines_[k][j] * value;
      }
    }
    return series;
  }

  /// Clenshaw's recurrence.
  static std::complex<double> value(const Series& series, double t) {
    std::complex<double> next = 0.0;
    std::complex<double> after = 0.0;
    for (std::size_t k = terms - 1; k > 0; --k) {
      const std::complex<double> current = series[k] + 2.0 * t * next - after;
      after = next;
      next = current;
    }
    return series[0] + t * next - after;
  }

  Function function_;
  std::array<std::array<double, terms>, terms> cosines_ = cosines();
  std::map<double, Series> pieces_;
};

}  // namespace asymptoken::detail
