#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace asymptoken {

/// A straight line through (log n, log error): error ~ e^intercept n^slope.
struct PowerLawFit {
  double slope;
  double slope_se;  ///< standard error, from the scatter about the line (points - 2 degrees of freedom)
  double intercept;
  double intercept_se;
  std::int64_t points;  ///< how many points the line rests on
};

/// What a curve's point contributes to the fit.
struct FitPoint {
  double n;                   ///< > 0
  double mean;                ///< mean of the error over replicates, > 0
  double standard_deviation;  ///< over replicates, >= 0
  std::int64_t count;         ///< replicates
};

/// Weighted least squares of log mean on log n with weights (mean / (standard_deviation / sqrt(count)))^2, the
/// standard errors scaled by the residual variance: the authors' fit. [paper]
/// Points whose mean or spread is not positive carry no usable weight and are left out; nothing when fewer than
/// three remain. Points are taken as independent.
std::optional<PowerLawFit> fit_power_law(std::span<const FitPoint> points);

/// `count` integers from `from` to `to`, floor of the geometric grid, end points exact.
/// Throws Error (fields `from`, `to`, `count`) unless 1 <= from <= to and count >= 1 (count 1 needs from = to).
std::vector<std::int64_t> geometric_integers(std::int64_t from, std::int64_t to, std::int64_t count);

/// The same for real values, 0 < from <= to.
std::vector<double> geometric_values(double from, double to, std::int64_t count);

}  // namespace asymptoken
