#include "experiment/hardmax/predictions.hpp"

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "asymptoken/hardmax.hpp"
#include "special/portable.hpp"

namespace asymptoken {

namespace {

/// Predictions as they are found.
class Predictions {
 public:
  Predictions(const Spec& spec, const HardmaxLogits& logits) : spec_(spec), logits_(logits) {}

  /// Temperature 0: the token of the largest logit.
  void of_hardmax() {
    if (logits_.maximum) {
      of_support_maximum(*logits_.maximum);
    } else if (spec_.law->is_gaussian()) {
      along("gap", "expected maximum", "1 - E max z_j / sqrt(2 ln n)", [](double n) {
        const NormalMaximum maximum = normal_maximum(n);
        return 1.0 - maximum.mean / maximum.leading;
      });
      add("participation", "limit", "one token", 1.0, Status::derived, "1");
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
    add("error", "slope", "central limit", -0.5, Status::derived, "-1/2");
    add("error", "constant", "asymptotic constant", limit.error_constant, Status::derived, "E|N(0, S(x))|");
    add("participation", "slope", "averaging", -1.0, Status::derived, "-1");
    add("participation", "constant", "inflation constant", limit.variance_inflation, Status::derived, "rho");
    if (logits_.maximum) {
      add("distance_to_hardmax", "limit", "limit distance",
          (limit.gamma - form.V * logits_.maximum->maximiser).norm(), Status::derived, "|Gamma(x) - V y*|");
      add("gap", "limit", "softmax gap", gap_of_softmax(1.0 / temperature), Status::derived,
          "max <t,y> - <t,grad K(lambda t)>");
    }
  }

  /// Logits that keep their place in the random-energy picture as n grows.
  void of_critical(double temperature) {
    if (!spec_.law->is_gaussian()) {
      return;
    }
    const RandomEnergy energy = random_energy(1.0 / temperature);
    add("error", "slope", "random-energy rate", 0.0 - energy.error_exponent, Status::heuristic,
        "-(1/2-b^2) to b = 1/2, -(1-b)^2 to 1");
    if (temperature < 1.0) {
      add("participation", "limit", "frozen limit", energy.participation, Status::heuristic, "1-1/b");
    } else {
      add("participation", "slope", "mean-square rate", 0.0 - energy.squared_error_exponent,
          Status::heuristic, "-(1-2b^2) to b = 1/sqrt 3, -(1-b^2)^2/(4b^2) to 1");
      add("gap", "limit", "alignment limit", 1.0 - energy.alignment, Status::heuristic, "1-b");
    }
  }

  /// Logits that sharpen slowly enough for averaging: what is left is what softmax stays below the maximum.
  void of_logarithmic(double temperature) {
    along("gap", "softmax gap", "max <t,y> - <t,grad K(lambda_n t)>",
          [&](double n) { return gap_of_softmax(logits_.lambda(spec_, temperature, n)); });
  }

  std::vector<Prediction> take() { return std::move(list_); }

 private:
  void of_support_maximum(const SupportMaximum& maximum) {
    const double q = maximum.mass_exponent;
    if (q == 0.0) {
      add("participation", "slope", "averaging", -1.0, Status::derived, "-1");
      add("participation", "constant", "maximiser constant", portable_exp(-maximum.log_mass_constant),
          Status::derived, "1/P(y = y*)");
      return;
    }
    if (const std::optional<double> stretch = stretch_of_values();
        stretch && sphere_dimension() == spec_.law->dimension()) {
      const double unit = *stretch * maximum.maximiser.norm();
      along("error", "nearest token", "E|y_j - y*|",
            [&](double n) { return unit * largest_cosine(spec_.law->dimension(), n).mean_distance; });
    } else {
      add("error", "slope", "nearest token", -maximum.distance_exponent / q, Status::derived,
          maximum.distance_exponent < 1.0 ? "-1/(2q)" : "-1/q");
    }
    add("participation", "limit", "one token", 1.0, Status::derived, "1");
    if (const Index d = sphere_dimension(); d > 1) {
      along("gap", "largest cosine", "E[1 - max_j cos]",
            [&](double n) { return largest_cosine(d, n).mean_gap; });
    } else {
      along("gap", "largest logit", "Gamma(1+1/q) (kappa n)^(-1/q)",
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
  void along(std::string_view metric, std::string_view title, std::string_view formula,
             const std::function<double(double n)>& value) {
    const auto first = static_cast<double>(spec_.tokens.front());
    const auto last = static_cast<double>(spec_.tokens.back());
    if (first < last) {
      const double slope = portable_log(value(last) / value(first)) / portable_log(last / first);
      const double constant = value(last) * portable_exp(-slope * portable_log(last));
      add(metric, "slope", title, slope, Status::derived, formula);
      add(metric, "constant", std::string(title) + " constant", constant, Status::derived, formula);
    }
  }

  void add(std::string_view metric, std::string_view quantity, std::string_view title, double value,
           Status status, std::string_view formula) {
    list_.push_back({.metric = std::string(metric),
                     .quantity = std::string(quantity),
                     .name = std::string(title),
                     .value = value,
                     .status = status,
                     .formula = std::string(formula)});
  }

  const Spec& spec_;
  const HardmaxLogits& logits_;
  std::vector<Prediction> list_;
};

}  // namespace

std::vector<Prediction> hardmax_predictions(const Spec& spec, const HardmaxLogits& logits,
                                            double temperature) {
  Predictions predictions(spec, logits);
  if (!spec.law->has_independent_tokens()) {
    return predictions.take();
  }
  if (temperature == 0.0) {
    predictions.of_hardmax();
  } else if (spec.temperature_unit == TemperatureUnit::fixed) {
    predictions.of_fixed(temperature);
  } else if (spec.temperature_unit == TemperatureUnit::critical) {
    predictions.of_critical(temperature);
  } else {
    predictions.of_logarithmic(temperature);
  }
  return predictions.take();
}

}  // namespace asymptoken
