#include <cmath>

#include "asymptoken/error.hpp"
#include "asymptoken/limit.hpp"
#include "limit/checks.hpp"
#include "limit/spectral_norm.hpp"
#include "special/portable.hpp"
#include "special/text.hpp"

namespace asymptoken {

// tr S(x) = e^{|Sigma^{1/2} A x|^2} (tr V Sigma V' + |V Sigma A x|^2); each norm is bounded by itself. [derived]
double gaussian_uniform_constant(const Matrix& covariance, const AttentionForm& attention, double radius) {
  if (!std::isfinite(radius) || radius < 0.0) {
    throw Error("radius", detail::text_of(radius), "a finite number of at least 0");
  }
  detail::check_attention(attention, covariance.rows());
  const double exponent = radius * one_sided_horizon(covariance, attention.A);
  const double reach = radius * detail::spectral_norm(attention.V * covariance * attention.A);
  const double root = std::sqrt((attention.V * covariance * attention.V.transpose()).trace() + reach * reach);
  return root == 0.0 ? 0.0 : root * portable_exp(0.5 * exponent * exponent);
}

}  // namespace asymptoken
