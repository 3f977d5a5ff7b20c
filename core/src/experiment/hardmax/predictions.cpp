#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "asymptoken/hardmax.hpp"
#include "experiment/hardmax/hardmax.hpp"
#include "special/box_norm.hpp"
#include "special/log_gamma.hpp"
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
    if (!(limit.variance_inflation <= last())) {
      return;
    }
    if (limit.error_constant > 0.0) {  // else V tells no token from another
      add_slope("error", "central_limit", "central limit", -0.5, Status::derived, "-1/2");
      add_constant("error", "asymptotic_constant", "asymptotic constant", limit.error_constant, -0.5,
                   "E|N(0, S(x))|");
    }
    add_slope("participation", "averaging", "averaging", -1.0, Status::derived, "-1");
    add_constant("participation", "inflation_constant", "inflation constant", limit.variance_inflation, -1.0,
                 "rho");
    if (logits_.maximum) {
      const SupportMaximum& maximum = *logits_.maximum;
      const auto distance = mean_distance(limit.gamma - form.V * maximum.maximiser, maximum);
      if (distance && (spec_.law->sphere_section() || is_near(maximum, last()))) {
        add_limit("distance_to_hardmax", "limit_distance", "limit distance", *distance, Status::derived,
                  maximum.mass_exponent > 0.0 && maximum.spread.cols() > 0
                      ? "E|Gamma(x) - V y|, y on the face"
                      : "|Gamma(x) - V y*|");
      }
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

  /// Logits that sharpen slowly enough for averaging: what is left is what softmax stays below the maximum, and, while tokens
  /// are few, a bias of rho/n.
  void of_logarithmic(double temperature) {
    const auto bias = [&](double n) {
      const Vector tilt = parameters_.lambda(temperature, n) * logits_.tilt;
      const DoubledTilt doubled = spec_.law->doubled_tilt(tilt);
      return portable_exp(doubled.log_inflation) * logits_.tilt.dot(doubled.mean_shift) /
             (n * logits_.height);
    };
    const auto softmax = [&](double n) { return gap_of_softmax(parameters_.lambda(temperature, n)); };
    // The next order is the square of that share.
    constexpr double largest_share = 1.0 / 8.0;
    if (bias(first()) <= largest_share * softmax(first()) &&
        bias(last()) <= largest_share * softmax(last())) {
      along("gap", "softmax_gap", "softmax gap", "max <t,y> - <t,grad K(lambda_n t)> + rho <t,D>/n",
            [&](double n) { return softmax(n) + bias(n); });
    }
  }

  std::vector<Prediction> take() { return std::move(list_); }

 private:
  /// A correction of this share of what is predicted is left out; where it would be larger nothing is predicted.
  static constexpr double negligible = 1.0 / 64.0;

  double first() const { return static_cast<double>(spec_.tokens.front()); }
  double last() const { return static_cast<double>(spec_.tokens.back()); }

  void of_support_maximum(const SupportMaximum& maximum) {
    if (maximum.mass_exponent == 0.0) {
      of_atom(maximum);
      return;
    }
    const std::optional<SphereSection> section = spec_.law->sphere_section();
    const bool is_exact = is_near(maximum, first());
    if (section) {
      error_on_sphere(*section, maximum);
    } else if (is_exact) {
      error_on_face(maximum);
    }
    add_limit("participation", "one_token", "one token", 1.0, Status::derived, "1");
    if (section) {
      along("gap", "largest_cosine", "largest cosine", "E[1 - max_j cos]",
            [&](double n) { return largest_cosine(section->dimension, n).mean_gap; });
    } else if (is_exact) {
      along("gap", "largest_logit", "largest logit", "Gamma(1+1/q) (kappa n)^(-1/q)",
            [&](double n) { return mean_gap(maximum, n) / logits_.height; });
    }
  }

  /// Whether the largest of n logits is as near the maximum as the law near it reaches.
  static bool is_near(const SupportMaximum& maximum, double n) {
    if (maximum.exact_up_to == 0.0) {
      return false;
    }
    // The expected number of tokens within that reach: e^-32 of no token at the atom, or e^-10 of one further off.
    const double q = maximum.mass_exponent;
    const double reach = q == 0.0 ? 0.0 : q * portable_log(maximum.exact_up_to);
    return maximum.log_mass_constant + reach + portable_log(n) >= portable_log(q == 0.0 ? 32.0 : 10.0);
  }

  /// Below the maximum, where the mass is exactly kappa eps^q: kappa^{-1/q} Gamma(1+1/q) Gamma(n+1) / Gamma(n+1+1/q), whose
  /// last quotient this is to O(n^-2).
  static double mean_gap(const SupportMaximum& maximum, double n) {
    return hardmax_gap(maximum, n + 0.5 * (1.0 + 1.0 / maximum.mass_exponent));
  }

  /// The N of n tokens that are at the maximum share hardmax: N is binomial, and their mean is that of N draws.
  void of_atom(const SupportMaximum& maximum) {
    if (!is_near(maximum, first())) {
      return;
    }
    const double mass = portable_exp(maximum.log_mass_constant);
    if (maximum.spread.cols() > 0) {
      const Matrix factor = spec_.attention.V * maximum.spread;
      if (const double norm = expected_norm(factor * factor.transpose()); norm > 0.0) {
        along("error", "tied_tokens", "tied tokens", "E|N(0, V C V')| N^(-1/2), C of y given y = y*",
              [&](double n) { return norm / std::sqrt(mass * n - 0.75 * (1.0 - mass)); });
      }
    }
    // E 1/N to O((kappa n)^-3)
    const auto share = [&](double n) { return 1.0 / (mass * n - (1.0 - mass)); };
    const double slope = first() < last() ? slope_of(share) : -1.0;
    add_slope("participation", "averaging", "averaging", slope, Status::derived, "-1");
    add_constant("participation", "maximiser_constant", "maximiser constant",
                 share(last()) * portable_exp(-slope * portable_log(last())), slope, "1/P(y = y*)");
  }

  /// y - y* is R (1 - c) back and R sqrt(1 - c^2) sideways, in a uniform direction: sideways is further, unless V does not
  /// see it.
  void error_on_sphere(const SphereSection& section, const SupportMaximum& maximum) {
    const Index d = section.dimension;
    const Matrix& V = spec_.attention.V;
    const Vector direction = maximum.maximiser / section.radius;
    const Vector forward = V * direction;
    const Matrix across = V - forward * direction.transpose();
    const auto dimensions = static_cast<double>(d - 1);
    const double back_square = forward.squaredNorm();
    const double side_square = across.squaredNorm() / dimensions;
    const auto gap = [&](double n) { return largest_cosine(d, n).mean_gap; };
    const auto distance = [&](double n) { return largest_cosine(d, n).mean_distance; };
    const std::optional<double> stretch = stretch_of_values();
    if (stretch && *stretch > 0.0 && d == spec_.law->dimension()) {
      const double unit = *stretch * section.radius;
      along("error", "nearest_token", "nearest token", "E|y_j - y*|",
            [&](double n) { return unit * distance(n); });
    } else if (gap(first()) * (side_square + back_square) <= 4.0 * negligible * side_square) {
      // E|V w| over unit vectors w = N(0, I) / |N(0, I)|
      const double norm =
          portable_exp(detail::log_gamma(0.5 * (dimensions + 1.0)) - detail::log_gamma(0.5 * dimensions)) *
          std::sqrt(2.0);
      const double unit = section.radius * expected_norm(across * across.transpose()) / norm;
      if (unit > 0.0) {
        along("error", "nearest_token", "nearest token", "E|V w| E sqrt(2 (1 - max_j cos))",
              [&](double n) { return unit * distance(n); });
      }
    } else if (side_square <= negligible * gap(last()) * back_square) {
      const double unit = section.radius * std::sqrt(back_square);
      along("error", "nearest_token", "nearest token", "|V y*| E[1 - max_j cos]",
            [&](double n) { return unit * gap(n); });
    }
  }

  /// Hardmax returns a point of the face, any: its error stays, unless V does not see along the face.
  void error_on_face(const SupportMaximum& maximum) {
    const bool is_corner = maximum.spread.cols() == 0;
    const double face_square = is_corner ? 0.0 : (spec_.attention.V * maximum.spread).squaredNorm();
    const Offset at_first = offset(maximum, first());
    const Offset at_last = offset(maximum, last());
    const double q = maximum.mass_exponent;
    if (at_last.square > 0.0 && face_square <= negligible * at_last.square) {
      if (q == 1.0) {  // one direction only, in which V y moves
        along("error", "nearest_token", "nearest token", "E|V (y_j - y*)|",
              [&](double n) { return offset(maximum, n).mean; });
      } else if (first() < last()) {
        add_slope("error", "nearest_token", "nearest token",
                  slope_of([&](double n) { return mean_gap(maximum, n); }), Status::derived, "-1/q");
      }
    } else if (at_first.square <= negligible * face_square && face_square > 0.0) {
      add_slope("error", "anywhere_on_face", "anywhere on the face", 0.0, Status::derived, "0");
      if (const auto distance = mean_distance(Vector::Zero(spec_.attention.V.rows()), maximum)) {
        add_limit("error", "face_distance", "mean distance on the face", *distance, Status::derived,
                  "E|V (y - y*)|, y on the face");
      }
    }
  }

  /// How far V y, across the face, is from the maximum.
  struct Offset {
    double mean;    ///< |E V (y - y*)|
    double square;  ///< E|V (y - y*)|^2
  };

  /// Of the nearest of n tokens: as of the law that is tilted until it stays as far below the maximum.
  Offset offset(const SupportMaximum& maximum, double n) const {
    const Matrix& V = spec_.attention.V;
    const Vector tilt = maximum.mass_exponent / mean_gap(maximum, n) * logits_.tilt;
    const double mean = (V * (spec_.law->tilted_mean(tilt) - maximum.maximiser)).norm();
    Matrix covariance = spec_.law->tilted_covariance(tilt);
    if (maximum.spread.cols() > 0) {
      covariance -= maximum.spread * maximum.spread.transpose();
    }
    const double variance = (V * covariance * V.transpose()).trace();
    return {.mean = mean, .square = mean * mean + std::max(0.0, variance)};
  }

  /// E|V (y - y*) + difference| over what hardmax returns from infinitely many tokens: y*, or on a face any of its points.
  /// Nothing where V turns the face so that no closed form is known.
  std::optional<double> mean_distance(const Vector& difference, const SupportMaximum& maximum) const {
    if (maximum.mass_exponent == 0.0 || maximum.spread.cols() == 0) {
      return difference.norm();
    }
    constexpr double rounding = 1e-12;
    const Matrix columns = spec_.attention.V * maximum.spread;
    const Matrix squares = columns.transpose() * columns;
    const double largest = squares.diagonal().maxCoeff();
    const Matrix mixed = squares - Matrix(squares.diagonal().asDiagonal());
    const double slant = (columns.transpose() * difference).cwiseAbs().maxCoeff();
    if (mixed.cwiseAbs().maxCoeff() > rounding * largest ||
        slant > rounding * std::sqrt(largest) * difference.norm()) {
      return std::nullopt;
    }
    return detail::mean_box_norm(difference.squaredNorm(), squares.diagonal().cwiseSqrt());
  }

  /// How much V stretches all vectors alike; nothing when it does not.
  std::optional<double> stretch_of_values() const {
    const Matrix& V = spec_.attention.V;
    const Matrix squares = V.transpose() * V;
    const double square = squares(0, 0);
    const bool is_alike = squares.isApprox(square * Matrix::Identity(V.cols(), V.cols()), 1e-12);
    return is_alike ? std::optional(std::sqrt(square)) : std::nullopt;
  }

  double gap_of_softmax(double lambda) const {
    return 1.0 -
           (logits_.tilt.dot(spec_.law->tilted_mean(lambda * logits_.tilt)) - logits_.mean) / logits_.height;
  }

  /// An expectation known at every n: the power law through its first and last.
  void along(std::string_view metric, std::string_view id, std::string_view title, std::string_view formula,
             const std::function<double(double n)>& value) {
    if (first() < last()) {
      const double slope = slope_of(value);
      const double constant = value(last()) * portable_exp(-slope * portable_log(last()));
      add_slope(metric, id, title, slope, Status::derived, formula);
      add_constant(metric, std::string(id) + "_constant", std::string(title) + " constant", constant, slope,
                   formula);
    }
  }

  double slope_of(const std::function<double(double n)>& value) const {
    return portable_log(value(last()) / value(first())) / portable_log(last() / first());
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
