#include "asymptoken/hardmax.hpp"

#include <algorithm>
#include <limits>
#include <numbers>
#include <string>

#include "asymptoken/error.hpp"
#include "limit/linear_algebra.hpp"
#include "special/log_gamma.hpp"
#include "special/portable.hpp"

namespace asymptoken {

HardmaxAttention hardmax_attention(const Rows<double>& tokens, const AttentionForm& attention,
                                   const Vector& query) {
  const Index d = attention.A.rows();
  detail::check_attention(attention, d);
  detail::check_matrix(query, d, 1, "query");
  detail::check_matrix(tokens, std::max<Index>(1, tokens.rows()), d, "tokens");
  const Vector t = attention.A * query;
  const Vector logits = tokens * t;
  const double largest = logits.maxCoeff();
  HardmaxAttention hardmax{.argmax = {},
                           .output = Vector::Zero(attention.V.rows()),
                           .gap = std::numeric_limits<double>::infinity()};
  for (Index j = 0; j < logits.size(); ++j) {
    if (logits[j] == largest) {
      hardmax.argmax.push_back(j);
      hardmax.output += attention.V * tokens.row(j).transpose();
    } else {
      hardmax.gap = std::min(hardmax.gap, largest - logits[j]);
    }
  }
  hardmax.output /= static_cast<double>(hardmax.argmax.size());
  return hardmax;
}

double hardmax_distance_bound(double largest_value, double n, double gap, double lambda) {
  return 2.0 * largest_value * n * portable_exp(-lambda * gap);
}

double hardmax_gap(const SupportMaximum& maximum, double n) {
  const double q = maximum.mass_exponent;
  return q == 0.0 ? 0.0
                  : portable_exp(detail::log_gamma(1.0 + 1.0 / q) -
                                 (maximum.log_mass_constant + portable_log(n)) / q);
}

double softmax_gap(const SupportMaximum& maximum, double lambda) { return maximum.mass_exponent / lambda; }

double softmax_inflation(const SupportMaximum& maximum, double lambda) {
  const double q = maximum.mass_exponent;
  return portable_exp(q * (portable_log(lambda) - std::numbers::ln2) - maximum.log_mass_constant -
                      detail::log_gamma(q + 1.0));
}

Matrix hardmax_covariance_shift(const Matrix& covariance, double radius, double n) {
  const Index d = covariance.rows();
  detail::check_matrix(covariance, d, d, "covariance");
  const double share = largest_cosine(d, n).mean_squared_sine / (static_cast<double>(d) - 1.0);
  return -share * (static_cast<double>(d) * covariance - radius * radius * Matrix::Identity(d, d));
}

}  // namespace asymptoken
