#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "experiment/experiment.hpp"
#include "experiment/radii.hpp"
#include "experiment/registry.hpp"
#include "experiment/token_stream.hpp"
#include "experiment/uniform/ball_search.hpp"
#include "experiment/uniform/tilted_mean_errors.hpp"

// The attention map uniformly on balls: sup over |x| <= R of |Gamma_n(x) - Gamma(x)| against n, for several R. What is
// measured is the largest error that a search meets, which is a lower bound of the supremum; beside it stands the share of
// the search's ascents that agree on it.

namespace asymptoken {

namespace {

constexpr double largest_radius = 1e6;
constexpr std::int64_t most_starts = 10'000;
/// Where no lattice covers the ball, the search looks in this many directions for each ascent, and climbs from the best.
constexpr std::int64_t directions_per_start = 64;

/// In each ball |x| <= R the error is looked at on a lattice (d <= 3) or in 64 directions for each start, at |x| = R: the
/// widest, its negative, and uniform ones. At most `starts` ascents climb from the highest.
struct UniformParameters {
  std::vector<double> radii;
  std::int64_t starts;
};

UniformParameters read_ball(Reader& reader) {
  Reader ball = reader.object("ball");
  UniformParameters parameters{.radii = ball.number_sweep("radii", {0, largest_radius}), .starts = 0};
  parameters.starts = ball.integer("starts", 32, 1, most_starts);
  ball.finish();
  return parameters;
}

/// How far apart two tilts are that a derivative is taken between: the logits of a usual token differ by 1e-4.
double probe_of(const Law& law) {
  const double size = std::sqrt(law.covariance().trace() + law.mean().squaredNorm());
  return size > 0 ? 1e-4 / size : 1e-4;
}

class UniformMeasurement final : public Measurement {
 public:
  UniformMeasurement(const Spec& spec, const UniformParameters& parameters)
      : spec_(spec),
        parameters_(parameters),
        limits_(spec.attention.heads.size() * parameters.radii.size()) {}

  Result outline() const override {
    Result outline;
    outline.title = synthetic_title(spec_);
    outline.metrics = {{.id = "supremum",
                        .label = {.title = "largest error over the ball",
                                  .symbol = "sup |Γₙ(x) − Γ(x)|",
                                  .remark = "supremum over the ball"}},
                       {.id = "agreement",
                        .label = {.title = "agreement of the ascents",
                                  .symbol = "",
                                  .remark = "share that ends at the supremum"},
                        .scale = Scale::linear,
                        .is_diagnostic = true}};
    outline.parameters = sweep_parameters(spec_);
    outline.parameters.push_back(radius_parameter());
    for (const Head& head : spec_.attention.heads) {
      for (const double radius : parameters_.radii) {
        Curve& curve = outline.curves.emplace_back();
        curve.parameters = sweep_values(spec_, head);
        curve.parameters.emplace_back(radius);
      }
    }
    if (parameters_.radii.size() > 1) {
      outline.trends.push_back(constants_trend("supremum"));
    }
    return outline;
  }

  std::size_t preparation_steps() const override { return 1 + limits_.size(); }
  void prepare(std::size_t step) override {
    if (step == 0) {
      direction_ = widest_direction(*spec_.law, spec_.attention.base);
      return;
    }
    const std::size_t curve = step - 1;
    limits_[curve] = widest_limit(head_of(curve), parameters_.radii[curve % parameters_.radii.size()]);
  }

  void predict(Result& outline) const override {
    if (!spec_.law->has_independent_tokens()) {
      return;
    }
    for (std::size_t c = 0; c < limits_.size(); ++c) {
      outline.curves[c].predictions = predictions(c);
    }
    for (Trend& trend : outline.trends) {
      const std::vector<double> radii = smooth_radii(*spec_.law, parameters_.radii);
      for (std::size_t first = 0; first < limits_.size(); first += parameters_.radii.size()) {
        const Head& head = head_of(first);
        for (const Prediction& prediction : outline.curves[first].predictions) {
          if (prediction.id == pointwise_id) {
            trend.lines.push_back(line_of(
                prediction, radii, [&](double radius) { return widest_limit(head, radius).error_constant; }));
          } else if (prediction.quantity == Quantity::constant) {
            trend.lines.push_back(line_of(prediction, radii, [&](double radius) {
              return gaussian_uniform_constant(spec_.law->covariance(), head.form, radius);
            }));
          }
        }
      }
    }
  }

  /// Nested points share their tokens, not their searches: each n has a supremum of its own.
  double work(const Item& item) const override {
    double searches = 0;
    for (const std::int64_t n : points_of(spec_, item)) {
      searches += search_work(n);
    }
    return static_cast<double>(points_of(spec_, item).back()) * sampling_work(spec_) + searches;
  }

  double memory(std::int64_t n) const override {
    const auto d = static_cast<double>(spec_.law->dimension());
    constexpr double panel = 16;  // to a multiple of which the cache pads
    return sizeof(double) * (static_cast<double>(n) * (2 * d + panel) + tilts() * d);
  }

  std::unique_ptr<Execution> start(const Item& item, Compute compute) const override;

  Json limit(std::size_t curve) const override {
    const MapLimit& widest = limits_[curve];
    return {{"widest_direction", json_of(direction_)},
            {"variance_inflation", number_or_null(widest.variance_inflation)},
            {"error_constant", number_or_null(widest.error_constant)}};
  }

  const Spec& spec() const { return spec_; }
  const UniformParameters& parameters() const { return parameters_; }

  /// Of a search at n tokens, at most.
  double search_work(std::int64_t n) const {
    return static_cast<double>(n) * tilts() * TiltedMeanErrors::pair_work(spec_.law->dimension());
  }

  /// Where the search looks first: everywhere in the ball as long as that is possible.
  BallSurvey survey_of(const Item& item, Compute compute) const {
    const Index dimension = spec_.law->dimension();
    if (dimension <= BallSurvey::largest_lattice_dimension) {
      return BallSurvey::lattice(dimension);
    }
    return BallSurvey::directions(direction_, directions_per_start * parameters_.starts,
                                  stream_of(spec_, item, StreamPurpose::starts), compute.target);
  }

  std::vector<Ball> balls() const {
    std::vector<Ball> balls;
    for (const Head& head : spec_.attention.heads) {
      for (const double radius : parameters_.radii) {
        balls.push_back({.form = &head.form, .radius = radius});
      }
    }
    return balls;
  }

 private:
  static constexpr std::string_view pointwise_id = "pointwise_constant";

  const Head& head_of(std::size_t curve) const {
    return spec_.attention.heads[curve / parameters_.radii.size()];
  }

  MapLimit widest_limit(const Head& head, double radius) const {
    return map_limit(*spec_.law, head.form, radius * direction_);
  }

  std::vector<Prediction> predictions(std::size_t curve) const {
    std::vector<Prediction> predicted = {
        {.id = "uniform_convergence",
         .metric = "supremum",
         .quantity = Quantity::slope,
         .title = "uniform convergence",
         .value = -0.5,
         .status = Status::paper,
         .formula = "-1/2"},
        {.id = std::string(pointwise_id),
         .metric = "supremum",
         .quantity = Quantity::constant,
         .title = "pointwise constant",
         .value = limits_[curve].error_constant,
         .exponent = -0.5,
         .status = Status::derived,
         .formula = "E|N(0, S(x))|, |x| = R in the widest direction: below that of the supremum"}};
    if (spec_.law->is_gaussian()) {
      predicted.push_back(
          {.id = "gaussian_constant",
           .metric = "supremum",
           .quantity = Quantity::constant,
           .title = "Gaussian C(R)",
           .value = gaussian_uniform_constant(spec_.law->covariance(), head_of(curve).form,
                                              parameters_.radii[curve % parameters_.radii.size()]),
           .exponent = -0.5,
           .status = Status::derived,
           .formula = "sqrt(e^{a^2 R^2} (tr V Sigma V' + ||V Sigma A||^2 R^2)), a = ||Sigma^{1/2} A||"});
    }
    return predicted;
  }

  /// At most this many tilts are looked at in all balls.
  double tilts() const {
    const Index dimension = spec_.law->dimension();
    const double surveyed = dimension <= BallSurvey::largest_lattice_dimension
                                ? static_cast<double>(BallSurvey::lattice_points(dimension))
                                : static_cast<double>(directions_per_start * parameters_.starts);
    const double climbed = static_cast<double>(parameters_.starts) * BallClimber::most_tilts;
    return static_cast<double>(limits_.size()) * (surveyed + climbed);
  }

  const Spec& spec_;
  UniformParameters parameters_;
  Vector direction_;              ///< the widest
  std::vector<MapLimit> limits_;  ///< of every curve, at the widest query of its ball
};

class UniformReplicate final : public Execution {
 public:
  UniformReplicate(const UniformMeasurement& measurement, const Item& item, Compute compute)
      : Execution(measurement.work(item)),
        measurement_(measurement),
        spec_(measurement.spec()),
        compute_(compute),
        stream_(spec_, item, compute),
        points_(points_of(spec_, item)),
        tokens_(spec_.law->dimension(), spec_.law->dimension()),
        survey_(measurement.survey_of(item, compute)) {
    tokens_.reserve(static_cast<Index>(points_.back()));
  }

 private:
  double step(double work) override {
    if (tokens_.size() < points_.back()) {
      return add_tokens();
    }
    if (!search_) {
      search_.emplace(measurement_.balls(), survey_,
                      static_cast<std::size_t>(measurement_.parameters().starts), probe_of(*spec_.law));
    }
    if (!errors_) {
      errors_.emplace(*spec_.law, tokens_, static_cast<Index>(points_[point_]), search_->tilts(), compute_);
    }
    const double done = errors_->advance(work);
    searched_ += done;
    if (!errors_->finished()) {
      return done;
    }
    search_->hear(errors_->errors());
    errors_.reset();
    return search_->tilts().rows() > 0 ? done : done + read_off(search_->maxima());
  }

  double add_tokens() {
    const Index first = tokens_.size();
    const Index count = std::min<Index>(TokenStream::chunk, static_cast<Index>(points_.back()) - first);
    Rows<float> sampled(count, tokens_.key_dimension());
    stream_.sample(first, sampled);
    const Rows<double> tokens = sampled.cast<double>();
    tokens_.append(tokens, tokens);
    return static_cast<double>(count) * sampling_work(spec_);
  }

  /// The suprema at this n. Returns the work that was allowed for and not needed.
  double read_off(const std::vector<BallMaximum>& maxima) {
    for (const BallMaximum& maximum : maxima) {
      values_.push_back(maximum.supremum);
      values_.push_back(maximum.agreement);
    }
    search_.reset();
    const double saved = measurement_.search_work(points_[point_]) - searched_;
    searched_ = 0;
    if (++point_ == points_.size()) {
      finish(std::move(values_));
    }
    return saved;
  }

  const UniformMeasurement& measurement_;
  const Spec& spec_;
  Compute compute_;
  TokenStream stream_;
  std::span<const std::int64_t> points_;  ///< the n of each
  KeyValueCache<double> tokens_;          ///< as keys and as values: V comes after the average
  BallSurvey survey_;
  std::size_t point_ = 0;  ///< that is searched
  double searched_ = 0;    ///< work done on it
  std::optional<BallSearch> search_;
  std::optional<TiltedMeanErrors> errors_;  ///< at the tilts that the search has asked for
  std::vector<double> values_;
};

std::unique_ptr<Execution> UniformMeasurement::start(const Item& item, Compute compute) const {
  return std::make_unique<UniformReplicate>(*this, item, compute);
}

std::shared_ptr<const Experiment> read(Reader& reader, Spec& spec) {
  read_synthetic(reader, spec);
  return std::make_shared<ExperimentWith<UniformMeasurement, UniformParameters>>(read_ball(reader));
}

}  // namespace

const ExperimentType& uniform_experiment() {
  static const ExperimentType type{
      .name = "uniform",
      .builtin_specs =
          {{.name = "uniform",
            .summary = "how fast the map converges uniformly on balls: exponential growth with the radius",
            .json = R"({"schema": 1, "experiment": "uniform", "seed": 42,
 "law": {"type": "gaussian", "dimension": 2, "covariance": 1},
 "attention": {"matrix": 1}, "ball": {"radii": [0.5, 0.8, 1.1, 1.4, 1.7, 2]},
 "tokens": {"from": 500, "to": 16000, "count": 6}, "replicates": 40})"},
           {.name = "uniform-sphere",
            .summary = "the same for tokens on a sphere, where the growth is polynomial",
            .json = R"({"schema": 1, "experiment": "uniform", "seed": 42,
 "law": {"type": "sphere", "dimension": 6, "radius": 1},
 "attention": {"matrix": 1}, "ball": {"radii": [1, 2, 4, 8, 16]},
 "tokens": {"from": 500, "to": 16000, "count": 6}, "replicates": 12})"},
           {.name = "balls",
            .summary = "how the constant of uniform convergence grows over four balls, within seconds",
            .json = R"({"schema": 1, "experiment": "uniform", "seed": 42,
 "law": {"type": "gaussian", "dimension": 2, "covariance": 1},
 "attention": {"matrix": 1}, "ball": {"radii": [0.5, 1, 1.5, 2]},
 "tokens": {"from": 200, "to": 6000, "count": 6}, "replicates": 30})"}},
      .read = read};
  return type;
}

}  // namespace asymptoken
