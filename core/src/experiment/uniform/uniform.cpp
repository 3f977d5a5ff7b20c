#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "experiment/token_stream.hpp"
#include "experiment/type.hpp"
#include "experiment/uniform/ball_search.hpp"
#include "experiment/uniform/tilted_mean_errors.hpp"
#include "experiment/widest_direction.hpp"

// The attention map uniformly on balls: sup over |x| <= R of |Gamma_n(x) - Gamma(x)| against n, for several R. What is
// measured is the largest error that a search meets, which is a lower bound of the supremum; beside it stands the share of
// the search's ascents that agree on it.

namespace asymptoken {

namespace {

constexpr double largest_radius = 1e6;
constexpr std::int64_t most_starts = 10'000;
/// Where no lattice covers the ball, the search looks in this many directions for each ascent, and climbs from the best.
constexpr std::int64_t directions_per_start = 64;

void read(Reader& reader, Spec& spec) {
  Reader ball = reader.object("ball");
  spec.radii = ball.number_sweep("radii", {0, largest_radius});
  spec.starts = ball.integer("starts", 32, 1, most_starts);
  ball.finish();
}

std::vector<std::string> metrics(const Spec& /*spec*/) { return {"supremum", "agreement"}; }

std::vector<Prediction> predictions(const Spec& spec, const Head& head, double radius,
                                    const MapLimit& widest) {
  if (!spec.law->has_independent_tokens()) {
    return {};
  }
  std::vector<Prediction> predicted = {
      {.metric = "supremum",
       .quantity = "slope",
       .name = "uniform convergence",
       .value = -0.5,
       .status = Status::paper,
       .formula = "-1/2"},
      {.metric = "supremum",
       .quantity = "constant",
       .name = "pointwise constant",
       .value = widest.error_constant,
       .status = Status::derived,
       .formula = "E|N(0, S(x))|, |x| = R in the widest direction: below that of the supremum"}};
  if (spec.law->is_gaussian()) {
    predicted.push_back(
        {.metric = "supremum",
         .quantity = "constant",
         .name = "Gaussian C(R)",
         .value = gaussian_uniform_constant(spec.law->covariance(), head.form, radius),
         .status = Status::derived,
         .formula = "sqrt(e^{a^2 R^2} (tr V Sigma V' + ||V Sigma A||^2 R^2)), a = ||Sigma^{1/2} A||"});
  }
  return predicted;
}

void prepare(Plan::Contents& contents) {
  const Spec& spec = contents.spec;
  const Vector direction = widest_direction(*spec.law, spec.attention.base);
  for (const Head& head : spec.attention.heads) {
    for (const double radius : spec.radii) {
      const MapLimit& widest =
          contents.limits.maps.emplace_back(map_limit(*spec.law, head.form, radius * direction));
      Curve curve = empty_curve(spec, head, contents.skeleton.metrics.size());
      curve.parameters.emplace_back("radius", radius);
      curve.predicted = predictions(spec, head, radius, widest);
      contents.skeleton.curves.push_back(std::move(curve));
    }
  }
}

/// Where the search looks first: everywhere in the ball as long as that is possible.
BallSurvey survey_of(const Spec& spec, const Item& item) {
  const Index dimension = spec.law->dimension();
  if (dimension <= BallSurvey::largest_lattice_dimension) {
    return BallSurvey::lattice(dimension);
  }
  const Stream stream =
      Stream::of(spec.seed, StreamPurpose::starts, static_cast<std::uint32_t>(item.replicate),
                 static_cast<std::uint32_t>(item.first_point));
  return BallSurvey::directions(widest_direction(*spec.law, spec.attention.base),
                                directions_per_start * spec.starts, stream);
}

std::vector<Ball> balls_of(const Spec& spec) {
  std::vector<Ball> balls;
  for (const Head& head : spec.attention.heads) {
    for (const double radius : spec.radii) {
      balls.push_back({.form = &head.form, .radius = radius});
    }
  }
  return balls;
}

/// How far apart two tilts are that a derivative is taken between: the logits of a usual token differ by 1e-4.
double probe_of(const Law& law) {
  const double size = std::sqrt(law.covariance().trace() + law.mean().squaredNorm());
  return size > 0 ? 1e-4 / size : 1e-4;
}

/// At most this many tilts are looked at in all balls.
double tilts(const Spec& spec) {
  const Index dimension = spec.law->dimension();
  const double surveyed = dimension <= BallSurvey::largest_lattice_dimension
                              ? static_cast<double>(BallSurvey::lattice(dimension).points().rows())
                              : static_cast<double>(directions_per_start * spec.starts);
  const double climbed = static_cast<double>(spec.starts) * BallClimber::most_tilts;
  return static_cast<double>(spec.attention.heads.size() * spec.radii.size()) * (surveyed + climbed);
}

double search_work(const Spec& spec, double n) {
  return n * tilts(spec) * TiltedMeanErrors::pair_work(spec.law->dimension());
}

/// Nested points share their tokens, not their searches: each n has a supremum of its own.
double work(const Spec& spec, double n) {
  double searches = 0;
  for (const std::int64_t point : spec.tokens) {
    const auto tokens = static_cast<double>(point);
    if (spec.nested ? tokens <= n : tokens == n) {
      searches += search_work(spec, tokens);
    }
  }
  return n * sampling_work(spec) + searches;
}

double memory(const Spec& spec, double n) {
  const auto d = static_cast<double>(spec.law->dimension());
  constexpr double panel = 16;  // to a multiple of which the cache pads
  return sizeof(double) * (n * (2 * d + panel) + tilts(spec) * d);
}

class UniformSteps final : public Execution::Steps {
 public:
  UniformSteps(const Plan::Contents& contents, const Item& item, Compute compute)
      : spec_(contents.spec),
        compute_(compute),
        stream_(contents.spec, item, compute),
        points_(std::span(contents.spec.tokens).subspan(item.first_point, item.points)),
        tokens_(contents.spec.law->dimension(), contents.spec.law->dimension()),
        survey_(survey_of(contents.spec, item)) {
    tokens_.reserve(static_cast<Index>(points_.back()));
  }

  double advance(double work) override {
    if (tokens_.size() < points_.back()) {
      return add_tokens();
    }
    if (!search_) {
      search_.emplace(balls_of(spec_), survey_, static_cast<std::size_t>(spec_.starts), probe_of(*spec_.law));
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

 private:
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
      values.push_back(maximum.supremum);
      values.push_back(maximum.agreement);
    }
    search_.reset();
    const double saved = search_work(spec_, static_cast<double>(points_[point_])) - searched_;
    searched_ = 0;
    finished = ++point_ == points_.size();
    return saved;
  }

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
};

std::unique_ptr<Execution::Steps> start(const Plan::Contents& contents, const Item& item, Compute compute) {
  return std::make_unique<UniformSteps>(contents, item, compute);
}

Json limit(const Plan::Contents& contents, std::size_t curve) {
  const MapLimit& widest = contents.limits.maps[curve];
  return {{"widest_direction", json_of(widest_direction(*contents.spec.law, contents.spec.attention.base))},
          {"variance_inflation", number_or_null(widest.variance_inflation)},
          {"error_constant", number_or_null(widest.error_constant)}};
}

}  // namespace

const ExperimentType& uniform_experiment() {
  static const ExperimentType type{.name = "uniform",
                                   .metrics = metrics,
                                   .read = read,
                                   .prepare = prepare,
                                   .work = work,
                                   .memory = memory,
                                   .start = start,
                                   .limit = limit};
  return type;
}

}  // namespace asymptoken
