#include <cmath>

#include "asymptoken/error.hpp"
#include "asymptoken/limit.hpp"
#include "limit/checks.hpp"
#include "special/portable.hpp"

namespace asymptoken {

namespace {

/// e^log_factor times the entries. Zeros stay zero, and where the factor alone overflows the product may not.
Matrix scaled(double log_factor, const Matrix& entries) {
  const double factor = portable_exp(log_factor);
  return entries.unaryExpr([=](double entry) {
    if (entry == 0.0) {
      return entry;
    }
    return std::isinf(factor) ? std::copysign(portable_exp(log_factor + portable_log(std::abs(entry))), entry)
                              : factor * entry;
  });
}

}  // namespace

// Delta method on (mean w V y, mean w) with w = e^{<t,y>}: the influence of a key is w V (y - g(t)) / M(t), whose second
// moment is that of the law tilted by 2t. [derived]
MapLimit map_limit(const Law& law, const AttentionForm& attention, const Vector& x) {
  detail::check_attention(attention, law.dimension());
  detail::check_matrix(x, law.dimension(), 1, "query");
  const Matrix& V = attention.V;
  const Vector t = attention.A * x;
  const DoubledTilt doubled = law.doubled_tilt(t);
  const Vector shift = V * doubled.mean_shift;
  const Matrix spread = V * law.tilted_covariance(2.0 * t) * V.transpose() + shift * shift.transpose();
  // Half of the logarithm goes with the norm, which therefore overflows last.
  const double norm = expected_norm(spread);
  return {.log_mgf = law.log_mgf(t),
          .gamma = V * law.tilted_mean(t),
          .variance_inflation = portable_exp(doubled.log_inflation),
          .asymptotic_covariance = scaled(doubled.log_inflation, spread),
          .bias_times_n = -scaled(doubled.log_inflation, shift),
          .error_constant = scaled(0.5 * doubled.log_inflation, Matrix::Constant(1, 1, norm))(0, 0)};
}

}  // namespace asymptoken
