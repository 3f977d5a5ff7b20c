#include <algorithm>
#include <cmath>

#include "asymptoken/error.hpp"
#include "law/gaussian.hpp"
#include "law/registry.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

constexpr double most_correlation = 0.999;

/// The recursion starts anew at multiples of this many tokens, so that any token can be made without all before it.
constexpr std::uint64_t tokens_per_run = 4096;

/// The fewest tokens over which the correlation decays below the rounding of float32.
std::uint64_t decay_time(double correlation) {
  std::uint64_t tokens = 0;
  for (double remaining = 1.0; remaining > 0x1p-25; remaining *= correlation) {
    ++tokens;
  }
  return tokens;
}

/// A stationary sequence with Gaussian tokens: what concerns one token alone is the Gaussian law's.
class Autoregressive final : public Gaussian {
 public:
  Autoregressive(const Vector& mean, const Matrix& covariance, double correlation)
      : Gaussian(mean, covariance),
        correlation_(correlation),
        innovation_(std::sqrt((1.0 - correlation) * (1.0 + correlation))),
        decay_time_(decay_time(correlation)) {}

  std::string_view name() const override { return "autoregressive"; }
  bool has_independent_tokens() const override { return false; }
  void make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                   SimdTarget target) const override;

 private:
  void make_run(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out, SimdTarget target) const;

  double correlation_;
  double innovation_;  ///< sqrt(1 - phi^2), the standard deviation of what is new in a token
  std::uint64_t decay_time_;
};

void Autoregressive::make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                                 SimdTarget target) const {
  check_sampling();
  for (Index start = 0; start < out.rows();) {
    const std::uint64_t token = first + static_cast<std::uint64_t>(start);
    const auto left_in_run = static_cast<Index>(tokens_per_run - token % tokens_per_run);
    const Index rows = std::min(left_in_run, out.rows() - start);
    make_run(stream, token, out.middleRows(start, rows), target);
    start += rows;
  }
}

/// Tokens of one run. u_j = phi u_{j-1} + sqrt(1-phi^2) z_j in float64 from u = z, one decay time before the run, or at token
/// 0: every u is exactly standard normal, and what lies further back would not show in float32.
void Autoregressive::make_run(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                              SimdTarget target) const {
  const Index d = dimension();
  const std::uint64_t run = first / tokens_per_run * tokens_per_run;
  const std::uint64_t start = run - std::min(run, decay_time_);
  const std::uint64_t last = first + static_cast<std::uint64_t>(out.rows());
  const std::uint64_t rows_at_once = std::max<std::uint64_t>(1, 16384 / static_cast<std::uint64_t>(d));
  Rows<float> normals(static_cast<Index>(std::min(rows_at_once, last - start)), d);
  const std::optional<LinearMap> map = mixing(target);
  Vector state(d);
  for (std::uint64_t token = start; token < last;) {
    const auto rows = static_cast<Index>(std::min(rows_at_once, last - token));
    normal_variates(stream, token * static_cast<std::uint64_t>(d),
                    {normals.data(), static_cast<std::size_t>(rows * d)}, target);
    for (Index row = 0; row < rows; ++row, ++token) {
      for (Index k = 0; k < d; ++k) {
        const auto z = static_cast<double>(normals(row, k));
        state[k] = token == start ? z : correlation_ * state[k] + innovation_ * z;
        normals(row, k) = static_cast<float>(state[k]);
      }
    }
    const auto made = static_cast<Index>(token - std::min(token, first));
    const Index wanted = std::min(rows, made);
    if (wanted > 0) {
      place(normals.middleRows(rows - wanted, wanted), map, out.middleRows(made - wanted, wanted));
    }
  }
}

}  // namespace

LawPointer autoregressive(const Vector& mean, const Matrix& covariance, double correlation) {
  check_gaussian_mean(mean);
  if (!(correlation >= 0.0 && correlation <= most_correlation)) {
    throw Error("law.correlation", detail::text_of(correlation), "a number from 0 to 0.999");
  }
  return std::make_shared<Autoregressive>(mean, covariance, correlation);
}

namespace {

LawPointer read(Reader& parameters) {
  const auto [mean, covariance] = read_gaussian_parameters(parameters);
  return autoregressive(mean, covariance,
                        parameters.number("correlation", std::nullopt, {0.0, most_correlation}));
}

}  // namespace

LawType autoregressive_law() {
  return {.description = {.name = "autoregressive",
                          .title = "autoregressive",
                          .example = R"({"correlation": 0.9})"},
          .read = read};
}

}  // namespace asymptoken
