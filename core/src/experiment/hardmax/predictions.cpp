#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "asymptoken/hardmax.hpp"
#include "experiment/hardmax/hardmax.hpp"
#include "special/portable.hpp"

namespace asymptoken {

namespace {

/// Predictions as they are found.
class Predictions {
 public:
  Predictions(const Spec& spec, const HardmaxParameters& parameters)
      : spec_(spec), parameters_(parameters), logits_(parameters.logits) {}

  /// Temperature 0: the token of the largest logit.
  void of_hardmax() {
    if (logits_.maximum) {
      of_support_maximum(*logits_.maximum);
    } else if (spec_.law->is_gaussian()) {
      along("gap", "expected_maximum", "expected maximum", "1 - E max z_j / sqrt(2 ln n)", [](double n) {
        const NormalMaximum maximum = normal_maximum(n);
        return 1.0 - maximum.mean / maximum.leading;
      });
      add_limit("participation", "one_token", "one token", 1.0, Status::derived, "1");
    }
  }

  /// The same temperature at every n: the central limit theorem, where the largest n is far enough for it.
  void of_fixed(double temperature) {
    const AttentionForm& form = spec_.attention.heads.front().form;
    const Vector tilt = logits_.tilt / temperature;
    const MapLimit limit =
        map_limit(*spec_.law, {.A = Matrix::Identity(tilt.size(), tilt.size()), .V = form.V}, tilt);
    if (!(limit.variance_inflation <= static_cast<double>(spec_.tokens.back()))) {
      return;
    }
    add_slope("error", "central_limit", "central limit", -0.5, Status::derived, "-1/2");
    add_constant("error", "asymptotic_constant", "asymptotic constant", limit.error_constant, -0.5,
                 "E|N(0, S(x))|");
    add_slope("participation", "averaging", "averaging", -1.0, Status::derived, "-1");
    add_constant("participation", "inflation_constant", "inflation constant", limit.variance_inflation, -1.0,
                 "rho");
    if (logits_.maximum) {
      add_limit("distance_to_hardmax", "limit_distance", "limit distance",
                (limit.gamma - form.V * logits_.maximum->maximiser).norm(), Status::derived,
                "|Gamma(x) - V y*|");
      add_limit("gap", "softmax_gap", "softmax gap", gap_of_softmax(1.0 / temperature), Status::derived,
                "max <t,y> - <t,grad K(lambda t)>");
    }
  }

  /// Logits that keep their place in the random-energy picture as n grows.
  void of_critical(double temperature) {
    if (!spec_.law->is_gaussian()) {
      return;
    }
    const RandomEnergy energy = random_energy(1.0 / temperature);
    add_slope("error", "random_energy_rate", "random-energy rate", 0.0 - energy.error_exponent,
              Status::heuristic, "-(1/2-b^2) to b = 1/2, -(1-b)^2 to 1");
    if (temperature < 1.0) {
      add_limit("participation", "frozen_limit", "frozen limit", energy.participation, Status::heuristic,
                "1-1/b");
    } else {
      add_slope("participation", "mean_square_rate", "mean-square rate", 0.0 - energy.squared_error_exponent,
                Status::heuristic, "-(1-2b^2) to b = 1/sqrt 3, -(1-b^2)^2/(4b^2) to 1");
      add_limit("gap", "alignment_limit", "alignment limit", 1.0 - energy.alignment, Status::heuristic,
                "1-b");
    }
  }

  /// Logits that sharpen slowly enough for averaging: what is left is what softmax stays below the maximum.
  void of_logarithmic(double temperature) {
    along("gap", "softmax_gap", "softmax gap", "max <t,y> - <t,grad K(lambda_n t)>",
          [&](double n) { return gap_of_softmax(parameters_.lambda(temperature, n)); });
  }

  std::vector<Prediction> take() { return std::move(list_); }

 private:
  void of_support_maximum(const SupportMaximum& maximum) {
    const double q = maximum.mass_exponent;
    if (q == 0.0) {
      add_slope("participation", "averaging", "averaging", -1.0, Status::derived, "-1");
      add_constant("participation", "maximiser_constant", "maximiser constant",
                   portable_exp(-maximum.log_mass_constant), -1.0, "1/P(y = y*)");
      return;
    }
    if (const std::optional<double> stretch = stretch_of_values();
        stretch && sphere_dimension() == spec_.law->dimension()) {
      const double unit = *stretch * maximum.maximiser.norm();
      along("error", "nearest_token", "nearest token", "E|y_j - y*|",
            [&](double n) { return unit * largest_cosine(spec_.law->dimension(), n).mean_distance; });
    } else {
      add_slope("error", "nearest_token", "nearest token", -maximum.distance_exponent / q, Status::derived,
                maximum.distance_exponent < 1.0 ? "-1/(2q)" : "-1/q");
    }
    add_limit("participation", "one_token", "one token", 1.0, Status::derived, "1");
    if (const Index d = sphere_dimension(); d > 1) {
      along("gap", "largest_cosine", "largest cosine", "E[1 - max_j cos]",
            [&](double n) { return largest_cosine(d, n).mean_gap; });
    } else {
      along("gap", "largest_logit", "largest logit", "Gamma(1+1/q) (kappa n)^(-1/q)",
            [&](double n) { return hardmax_gap(maximum, n) / logits_.height; });
    }
  }

  /// How much V stretches all vectors alike; nothing when it does not.
  std::optional<double> stretch_of_values() const {
    const Matrix& V = spec_.attention.V;
    const Matrix squares = V.transpose() * V;
    const double square = squares(0, 0);
    const bool is_alike = squares.isApprox(square * Matrix::Identity(V.cols(), V.cols()), 1e-12);
    return is_alike ? std::optional(std::sqrt(square)) : std::nullopt;
  }

  /// Of the sphere on which the logits are a cosine; 0 for other laws.
  Index sphere_dimension() const {
    const auto section = spec_.law->sphere_section();
    return section ? section->dimension : 0;
  }

  double gap_of_softmax(double lambda) const {
    return 1.0 -
           (logits_.tilt.dot(spec_.law->tilted_mean(lambda * logits_.tilt)) - logits_.mean) / logits_.height;
  }

  /// An expectation known at every n: the power law through its first and last.
  void along(std::string_view metric, std::string_view id, std::string_view title, std::string_view formula,
             const std::function<double(double n)>& value) {
    const auto first = static_cast<double>(spec_.tokens.front());
    const auto last = static_cast<double>(spec_.tokens.back());
    if (first < last) {
      const double slope = portable_log(value(last) / value(first)) / portable_log(last / first);
      const double constant = value(last) * portable_exp(-slope * portable_log(last));
      add_slope(metric, id, title, slope, Status::derived, formula);
      add_constant(metric, std::string(id) + "_constant", std::string(title) + " constant", constant, slope,
                   formula);
    }
  }

  void add_slope(std::string_view metric, std::string_view id, std::string_view title, double value,
                 Status status, std::string_view formula) {
    add(metric, Quantity::slope, id, title, value, 0.0, status, formula);
  }
  /// metric ~ value n^exponent
  void add_constant(std::string_view metric, std::string_view id, std::string_view title, double value,
                    double exponent, std::string_view formula) {
    add(metric, Quantity::constant, id, title, value, exponent, Status::derived, formula);
  }
  void add_limit(std::string_view metric, std::string_view id, std::string_view title, double value,
                 Status status, std::string_view formula) {
    add(metric, Quantity::limit, id, title, value, 0.0, status, formula);
  }

  void add(std::string_view metric, Quantity quantity, std::string_view id, std::string_view title,
           double value, double exponent, Status status, std::string_view formula) {
    list_.push_back({.id = std::string(id),
                     .metric = std::string(metric),
                     .quantity = quantity,
                     .title = std::string(title),
                     .value = value,
                     .exponent = exponent,
                     .status = status,
                     .formula = std::string(formula)});
  }

  const Spec& spec_;
  const HardmaxParameters& parameters_;
  const HardmaxLogits& logits_;
  std::vector<Prediction> list_;
};

}  // namespace

std::vector<Prediction> hardmax_predictions(const Spec& spec, const HardmaxParameters& parameters,
                                            double temperature) {
  Predictions predictions(spec, parameters);
  if (!spec.law->has_independent_tokens()) {
    return predictions.take();
  }
  if (temperature == 0.0) {
    predictions.of_hardmax();
  } else if (parameters.unit == TemperatureUnit::fixed) {
    predictions.of_fixed(temperature);
  } else if (parameters.unit == TemperatureUnit::critical) {
    predictions.of_critical(temperature);
  } else {
    predictions.of_logarithmic(temperature);
  }
  return predictions.take();
}

}  // namespace asymptoken
