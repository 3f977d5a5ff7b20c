#pragma once

#include <complex>

namespace asymptoken::detail {

// The uniform law on the unit sphere of R^d, tilted by r e (e a unit vector): density e^{r <e,y>} / M(r).
// With nu = d/2 - 1, M(r) = Gamma(nu+1) (2/r)^nu I_nu(r), and A_d(r) = I_{nu+1}(r) / I_nu(r) is the mean along e.
// d is a real number >= 1 (the ball of R^d is the sphere of R^{d+2}); 0 <= r <= infinity. [derived]
//
// Relative accuracy, measured against 60-digit values for d = 1 .. 1e5 and r = 1e-300 .. 1e300: 1e-14 for the tilt's
// parts, 1e-15 for the logarithms.

struct SphereTilt {
  double mean;         ///< A_d(r)
  double gap;          ///< 1 - A_d(r), without cancellation
  double mean_over_r;  ///< A_d(r)/r; 1/d at 0
  double variance;     ///< A_d'(r), the variance along e, without cancellation
};

SphereTilt sphere_tilt(double d, double r);

/// A_d(sqrt v)/sqrt v: analytic in v, its poles are on the negative axis. |arg v| <= 3 pi/4.
std::complex<double> sphere_mean_ratio(double d, std::complex<double> v);

/// log M(r).
double sphere_log_mgf(double d, double r);

/// log M(2r)/M(r)^2, without the cancellation between terms of order r.
double sphere_log_inflation(double d, double r);

/// A_d(2r) - A_d(r), without cancellation.
double sphere_mean_shift(double d, double r);

}  // namespace asymptoken::detail
