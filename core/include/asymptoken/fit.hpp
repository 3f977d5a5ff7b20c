#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "asymptoken/random.hpp"

namespace asymptoken {

/// A straight line through (log n, log error): error ~ e^intercept n^slope.
struct PowerLawFit {
  double slope;
  double
      slope_standard_error;  ///< standard error; what it rests on depends on the function that made the fit
  double intercept;
  double intercept_standard_error;
  std::int64_t points;  ///< how many points the line rests on
};

/// How much a point counts in a fit.
enum class FitWeights : std::uint8_t {
  inverse_variance,  ///< (mean / standard error)^2, as log mean has the variance (standard error / mean)^2
  equal,
};
/// `inverse_variance` or `equal`, as `fit.weights` of a spec.
std::string_view name_of(FitWeights weights);

/// What a curve's point contributes to the fit.
struct FitPoint {
  double n;                   ///< > 0
  double mean;                ///< mean of the error over replicates, > 0
  double standard_deviation;  ///< over replicates, >= 0
  std::int64_t count;         ///< replicates
};

/// Weighted least squares of log mean on log n with weights w = (mean / (standard_deviation / sqrt(count)))^2 (or equal
/// ones), for independent points: the authors' fits. Standard errors come from the scatter about the line, with points - 2
/// degrees of freedom. [paper]
/// Points whose mean is not positive have no logarithm, and those without spread no inverse variance: they are left out;
/// nothing when fewer than three remain.
/// Under heavy tails and with few replicates inverse-variance weights bias the slope: the replicates that lack the rare large
/// errors have too small a mean and too small a spread, hence too much weight. `map` at |x| = 2 with 10 replicates gives
/// -0.326 for -0.312 on average. More replicates lessen it; equal weights do not depend on the spread.
std::optional<PowerLawFit> fit_power_law(std::span<const FitPoint> points,
                                         FitWeights weights = FitWeights::inverse_variance);

/// The same line through points that share tokens and so are correlated: errors[i][r] is the error of point i in
/// replicate r, of which each point's mean and spread were taken. Throws Error unless every point has the same replicates.
///
/// The line is linear in the log means: slope = sum_i a_i log mean_i with a_i = w_i (x_i - x) / sum_j w_j (x_j - x)^2,
/// x_i = log n_i, x their weighted mean; intercept = sum_i b_i log mean_i with b_i = w_i / sum_j w_j - x a_i. Hence, by the
/// delta method at given weights,
///
///     Var(slope) = sum_ij a_i a_j Cov_ij / (mean_i mean_j),   Cov_ij = sample covariance over replicates / replicates,
///
/// and with b for the intercept. [derived]
/// These standard errors say how far another set of replicates would move the line, with replicates - 1 degrees of
/// freedom; unlike the scatter, which correlated points lack, they do not grow where the points bend away from a line.
std::optional<PowerLawFit> fit_power_law(std::span<const FitPoint> points,
                                         std::span<const std::vector<double>> errors,
                                         FitWeights weights = FitWeights::inverse_variance);

/// What the bootstrap says of a slope.
struct SlopeInterval {
  double low = 0;              ///< slope - t standard_error
  double high = 0;             ///< slope + t standard_error
  double standard_error = 0;   ///< standard deviation of the resampled slopes
  std::int64_t resamples = 0;  ///< that counted: those in which every point has a mean > 0
};

/// The bootstrap over replicates: each resample draws, for every point, one error fewer than there are, with replacement
/// (so that the means vary as much as they do, whatever the number of replicates; McCarthy and Snowden, 1985), and its
/// slope has the weights of the data's fit. Points that share tokens draw the same replicates, which takes equal counts.
/// The interval is Student's, with replicates - 1 degrees of freedom where points share tokens, else with those of Welch and
/// Satterthwaite; 95 % to first order. [heuristic]
///
/// Unlike the scatter about a line of few points it does not become small by chance. It knows nothing of a curve that is no
/// line, nor that weights from few replicates vary. Measured (five points over two decades, norms of Gaussian errors of 1 and 3
/// numbers, independent points and shared tokens): of 95 % intervals with equal weights 96 to 98 held the slope at 2 replicates,
/// 95 to 97 at 3, 95 to 97 at 5, 93 to 96 at 10, 94 to 95 at 30 and 93 to 97 at 100; with inverse-variance weights 78 to 88, 84 to
/// 91, 89 to 92, 91 to 94, 92 to 95 and 94 to 96.
///
/// Nothing when there is no fit, no resample, no point with two replicates, or when fewer than nine in ten resamples count.
/// errors[i] are those of the point at n[i], all > 0 to be of use. The resamples are those of the stream.
std::optional<SlopeInterval> bootstrap_slope(std::span<const std::int64_t> n,
                                             std::span<const std::vector<double>> errors,
                                             bool points_share_tokens, FitWeights weights,
                                             std::int64_t resamples, Stream stream,
                                             SimdTarget target = available_simd_targets().front());

}  // namespace asymptoken
