#include <algorithm>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "asymptoken/fit.hpp"
#include "asymptoken/grid.hpp"
#include "asymptoken/law.hpp"
#include "asymptoken/limit.hpp"
#include "reference.hpp"
#include "special/sphere_functions.hpp"

using namespace asymptoken;
using reference::Json;
using reference::Relative;

namespace {

const std::vector<std::string> checked_kinds = {"softmax_attention",
                                                "gaussian",
                                                "sphere",
                                                "sphere_pushforward_cov",
                                                "gaussian_mixture",
                                                "uniform_ball",
                                                "uniform_box",
                                                "two_point_product",
                                                "discrete",
                                                "discrete_resampling_exact",
                                                "bessel_ratio",
                                                "moment_rates",
                                                "moment_clt_1d",
                                                "loglog_wls",
                                                "log_grid",
                                                "hardmax_finite",
                                                "gaussian_max",
                                                "sphere_hardmax_gap",
                                                "rem_exponents"};

Json map_quantities(const Law& law, const AttentionForm& attention, const Vector& x) {
  const MapLimit limit = map_limit(law, attention, x);
  return {{"log_mgf", limit.log_mgf},
          {"gamma", reference::json(limit.gamma)},
          {"variance_inflation", limit.variance_inflation},
          {"clt_cov", reference::json(limit.asymptotic_covariance)},
          {"clt_trace", limit.asymptotic_covariance.trace()},
          {"bias_times_n", reference::json(limit.bias_times_n)},
          {"expected_norm", limit.error_constant}};
}

Json gaussian_quantities(const Json& inputs) {
  const Matrix covariance = reference::matrix(inputs.at("Sigma"));
  const LawPointer law = gaussian(reference::vector(inputs.at("m")), covariance);
  const AttentionForm attention{.A = reference::matrix(inputs.at("A")),
                                .V = reference::matrix(inputs.at("V"))};
  Json quantities = map_quantities(*law, attention, reference::vector(inputs.at("x")));
  const Moments moments = transformed_moments(*law, attention);
  quantities["pushforward_mean"] = reference::json(moments.mean);
  quantities["pushforward_cov"] = reference::json(moments.covariance);
  const double H = horizon(covariance, attention.A);
  quantities["horizon"] = H;
  quantities["horizon_one_sided"] = one_sided_horizon(covariance, attention.A);
  quantities["rate_bound"] = reference_rate(H);
  quantities["rate_typical"] = gaussian_rate(H);
  if (const auto limit = gaussian_moment_limit(covariance, attention)) {
    quantities["mean_clt_cov"] = reference::json(limit->mean_asymptotic_covariance);
    quantities["mean_clt_trace"] = limit->mean_asymptotic_covariance.trace();
    quantities["self_weight_times_n"] = limit->self_weight;
  }
  return quantities;
}

/// The map's limit at the query of the case.
Json law_quantities(const Law& law, const Json& inputs) {
  const AttentionForm attention{.A = reference::matrix(inputs.at("A")),
                                .V = reference::matrix(inputs.at("V"))};
  return map_quantities(law, attention, reference::vector(inputs.at("x")));
}

Json sphere_quantities(const Json& inputs) {
  return law_quantities(*sphere(inputs.at("d").get<Index>(), inputs.at("R").get<double>()), inputs);
}

Json ball_quantities(const Json& inputs) {
  return law_quantities(*ball(inputs.at("d").get<Index>(), inputs.at("R").get<double>()), inputs);
}

Json box_quantities(const Json& inputs) {
  return law_quantities(*box(reference::vector(inputs.at("half_widths"))), inputs);
}

Json two_point_quantities(const Json& inputs) {
  return law_quantities(*two_point(reference::vector(inputs.at("low")), reference::vector(inputs.at("high")),
                                   reference::vector(inputs.at("p_high"))),
                        inputs);
}

Json points_quantities(const Json& inputs) {
  return law_quantities(
      *points(reference::matrix(inputs.at("points")), reference::vector(inputs.at("weights"))), inputs);
}

Json mixture_quantities(const Json& inputs) {
  std::vector<GaussianComponent> components;
  for (std::size_t c = 0; c < inputs.at("weights").size(); ++c) {
    components.push_back({.weight = inputs.at("weights").at(c).get<double>(),
                          .mean = reference::vector(inputs.at("means").at(c)),
                          .covariance = reference::matrix(inputs.at("covs").at(c))});
  }
  return law_quantities(*gaussian_mixture(components), inputs);
}

/// Gamma_n(x) is Gamma(x) of the empirical law of n draws, here of every multiset of points with its probability.
class Resampling {
 public:
  explicit Resampling(const Json& inputs)
      : points_(reference::matrix(inputs.at("P"))),
        V_(reference::matrix(inputs.at("V"))),
        t_(reference::matrix(inputs.at("A")) * reference::vector(inputs.at("x"))),
        counts_(Vector::Zero(points_.rows())),
        mean_(Vector::Zero(V_.rows())),
        square_(Matrix::Zero(V_.rows(), V_.rows())) {
    const auto n = inputs.at("n").get<double>();
    visit(0, n, std::lgamma(n + 1.0) - n * std::log(static_cast<double>(points_.rows())));
  }

  Vector mean() const { return mean_; }
  Matrix covariance() const { return square_ - mean_ * mean_.transpose(); }

 private:
  void visit(Index point, double left, double log_probability) {
    if (point == points_.rows()) {
      if (left == 0.0) {
        const Vector gamma = V_ * points(points_, counts_)->tilted_mean(t_);
        mean_ += std::exp(log_probability) * gamma;
        square_ += std::exp(log_probability) * gamma * gamma.transpose();
      }
      return;
    }
    for (double count = 0.0; count <= left; ++count) {
      counts_[point] = count;
      visit(point + 1, left - count, log_probability - std::lgamma(count + 1.0));
    }
    counts_[point] = 0.0;
  }

  Rows<double> points_;
  Matrix V_;
  Vector t_;
  Vector counts_;
  Vector mean_;
  Matrix square_;
};

Json resampling_quantities(const Json& inputs) {
  const Matrix P = reference::matrix(inputs.at("P"));
  const AttentionForm attention{.A = reference::matrix(inputs.at("A")),
                                .V = reference::matrix(inputs.at("V"))};
  const MapLimit limit =
      map_limit(*points(P, Vector::Ones(P.rows())), attention, reference::vector(inputs.at("x")));
  const Resampling exact(inputs);
  return {{"gamma_full", reference::json(limit.gamma)},
          {"mean_gamma_n", reference::json(exact.mean())},
          {"cov_gamma_n", reference::json(exact.covariance())},
          {"bias", reference::json(Vector(exact.mean() - limit.gamma))},
          {"bias_times_n_leading", reference::json(limit.bias_times_n)},
          {"clt_cov", reference::json(limit.asymptotic_covariance)}};
}

Json transformed_sphere_quantities(const Json& inputs) {
  const Vector singular_values = reference::vector(inputs.at("singular_values"));
  const LawPointer law = sphere(inputs.at("d").get<Index>(), inputs.at("R").get<double>());
  const Moments moments =
      transformed_moments(*law, {.A = singular_values.asDiagonal(),
                                 .V = Matrix::Identity(singular_values.size(), singular_values.size())});
  return {{"eigenvalues", reference::json(Vector(moments.covariance.diagonal()))},
          {"trace", moments.covariance.trace()}};
}

Json bessel_ratios(const Json& inputs) {
  Json quantities = {{"A", Json::array()}, {"one_minus_A", Json::array()}};
  for (std::size_t i = 0; i < inputs.at("r").size(); ++i) {
    const detail::SphereTilt tilt =
        detail::sphere_tilt(inputs.at("d").at(i).get<double>(), inputs.at("r").at(i).get<double>());
    quantities["A"].push_back(tilt.mean);
    quantities["one_minus_A"].push_back(tilt.gap);
  }
  return quantities;
}

Json rates(const Json& inputs) {
  Json quantities;
  for (const Json& entry : inputs.at("H")) {
    const auto H = entry.get<double>();
    quantities["reference"].push_back(reference_rate(H));
    quantities["typical"].push_back(gaussian_rate(H));
    quantities["mse"].push_back(typical_squared_error_rate(H));
    quantities["mse_mean"].push_back(expected_squared_error_rate(H));
    quantities["tail_index"].push_back(influence_tail_index(H));
  }
  return quantities;
}

Json line_moments(const Json& inputs) {
  Json quantities;
  for (const Json& b : inputs.at("b")) {
    const LineMomentLimit limit = line_moment_limit(b.get<double>());
    quantities["n_var_mean"].push_back(limit.mean_variance);
    quantities["n_var_variance"].push_back(limit.variance_variance);
  }
  return quantities;
}

Json fitted_line(const Json& inputs) {
  std::vector<FitPoint> points;
  for (std::size_t i = 0; i < inputs.at("n").size(); ++i) {
    points.push_back({.n = inputs.at("n").at(i).get<double>(),
                      .mean = inputs.at("err_mean").at(i).get<double>(),
                      .standard_deviation = inputs.at("err_std").at(i).get<double>(),
                      .count = inputs.at("k").get<std::int64_t>()});
  }
  const auto fit = fit_power_law(points);
  REQUIRE(fit);
  return {{"slope", fit->slope},
          {"intercept", fit->intercept},
          {"slope_se", fit->slope_standard_error},
          {"intercept_se", fit->intercept_standard_error}};
}

Json grids(const Json& inputs) {
  Json quantities;
  for (std::size_t i = 0; i < inputs.at("count").size(); ++i) {
    quantities["n"].push_back(geometric_integers(inputs.at("n_min").at(i).get<std::int64_t>(),
                                                 inputs.at("n_max").at(i).get<std::int64_t>(),
                                                 inputs.at("count").at(i).get<std::int64_t>()));
  }
  return quantities;
}

}  // namespace

TEST_CASE("every kind of reference case is checked", "[reference]") {
  for (const Json& given : reference::cases()) {
    const auto kind = given.at("kind").get<std::string>();
    INFO(given.at("id").get<std::string>() << " is of kind " << kind);
    CHECK(std::ranges::find(checked_kinds, kind) != checked_kinds.end());
  }
}

TEST_CASE("reference: Gaussian tokens", "[reference]") {
  CHECK(reference::check_kind("gaussian", Relative::to_largest_entry, gaussian_quantities) > 0);
}

TEST_CASE("reference: tokens on the sphere", "[reference]") {
  CHECK(reference::check_kind("sphere", Relative::to_largest_entry, sphere_quantities) > 0);
}

TEST_CASE("reference: Gaussian mixtures", "[reference]") {
  CHECK(reference::check_kind("gaussian_mixture", Relative::to_largest_entry, mixture_quantities) > 0);
}

TEST_CASE("reference: tokens in the ball", "[reference]") {
  CHECK(reference::check_kind("uniform_ball", Relative::to_largest_entry, ball_quantities) > 0);
}

TEST_CASE("reference: tokens in the box", "[reference]") {
  CHECK(reference::check_kind("uniform_box", Relative::to_largest_entry, box_quantities) > 0);
}

TEST_CASE("reference: independent coordinates of two values", "[reference]") {
  CHECK(reference::check_kind("two_point_product", Relative::to_largest_entry, two_point_quantities) > 0);
}

TEST_CASE("reference: weighted points", "[reference]") {
  CHECK(reference::check_kind("discrete", Relative::to_largest_entry, points_quantities) > 0);
}

TEST_CASE("reference: resampling from points, exactly", "[reference]") {
  CHECK(reference::check_kind("discrete_resampling_exact", Relative::to_largest_entry,
                              resampling_quantities) > 0);
}

TEST_CASE("reference: covariance of the transformed sphere", "[reference]") {
  CHECK(reference::check_kind("sphere_pushforward_cov", Relative::to_entry, transformed_sphere_quantities) >
        0);
}

TEST_CASE("reference: Bessel ratios", "[reference]") {
  CHECK(reference::check_kind("bessel_ratio", Relative::to_entry, bessel_ratios) > 0);
}

TEST_CASE("reference: rates", "[reference]") {
  CHECK(reference::check_kind("moment_rates", Relative::to_entry, rates) > 0);
}

TEST_CASE("reference: limits on the line", "[reference]") {
  CHECK(reference::check_kind("moment_clt_1d", Relative::to_entry, line_moments) > 0);
}

TEST_CASE("reference: weighted least squares on log-log axes", "[reference]") {
  CHECK(reference::check_kind("loglog_wls", Relative::to_entry, fitted_line) > 0);
}

TEST_CASE("reference: geometric grids", "[reference]") {
  CHECK(reference::check_kind("log_grid", Relative::to_entry, grids) > 0);
}
