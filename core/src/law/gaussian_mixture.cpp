#include <Eigen/Cholesky>
#include <cmath>
#include <string>
#include <vector>

#include "asymptoken/error.hpp"
#include "asymptoken/law.hpp"
#include "law/checks.hpp"
#include "law/choice.hpp"
#include "law/mixture_transform.hpp"
#include "law/registry.hpp"
#include "law/tilted_weights.hpp"
#include "law/tokens.hpp"
#include "law/weighted_moments.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

/// A mixture of N(m_c, S_c). Tilting by t makes component c N(m_c + S_c t, S_c) and multiplies its weight by e^{K_c(t)},
/// K_c(t) = <m_c, t> + t' S_c t / 2; only differences of the K_c are formed, from differences of means and covariances.
/// [derived]
class GaussianMixture final : public Law {
 public:
  GaussianMixture(const Vector& probabilities, std::vector<LawPointer> components)
      : probabilities_(probabilities), choice_(probabilities), components_(std::move(components)) {
    detail::WeightedMoments moments(components_.front()->dimension());
    Matrix within = Matrix::Zero(dimension(), dimension());
    for (Index c = 0; c < count(); ++c) {
      means_.push_back(component(c).mean());
      covariances_.push_back(component(c).covariance());
      moments.add(probabilities_[c], means_.back());
      within += probabilities_[c] * covariances_.back();
    }
    moments_ = moments.result();
    moments_.covariance += within;
  }

  std::string_view name() const override { return "gaussian_mixture"; }
  Index dimension() const override { return components_.front()->dimension(); }
  bool is_bounded() const override { return false; }
  Vector mean() const override { return moments_.mean; }
  Matrix covariance() const override { return moments_.covariance; }

  /// Token j of the component that integer j of a second stream chooses.
  void make_tokens(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                   SimdTarget target) const override {
    constexpr Index rows_at_once = 4096;
    for (Index start = 0; start < out.rows(); start += rows_at_once) {
      const Index rows = std::min(rows_at_once, out.rows() - start);
      make_some(stream, first + static_cast<std::uint64_t>(start), out.middleRows(start, rows), target);
    }
  }

  double log_mgf(const Vector& t) const override {
    const Index top = top_component(t);
    return component(top).log_mgf(t) + tilted_weights(top, t).log_average;
  }

  Vector tilted_mean(const Vector& t) const override {
    const Index top = top_component(t);
    return component(top).tilted_mean(t) + relative_mean(tilted_weights(top, t).weights, top, t);
  }

  Matrix tilted_covariance(const Vector& t) const override {
    const Index top = top_component(t);
    const Vector weights = tilted_weights(top, t).weights;
    detail::WeightedMoments moments(dimension());
    Matrix within = Matrix::Zero(dimension(), dimension());
    for (Index c = 0; c < count(); ++c) {
      moments.add(weights[c], tilted_difference(c, top, t));
      within += weights[c] * covariance_of(c);
    }
    return within + moments.result().covariance;
  }

  /// The terms of order |t|^2 belong to the component b on top at 2t, for which they are t' S_b t.
  DoubledTilt doubled_tilt(const Vector& t) const override {
    const Vector twice = 2.0 * t;
    const Index top = top_component(t);
    const Index b = top_component(twice);
    const detail::TiltedWeights at_t = tilted_weights(top, t);
    const detail::TiltedWeights at_twice = tilted_weights(b, twice);
    const DoubledTilt gaussian = component(b).doubled_tilt(t);
    return {.log_inflation = gaussian.log_inflation + at_twice.log_average - 2.0 * at_t.log_average -
                             2.0 * log_ratio(top, b, t),
            .mean_shift = gaussian.mean_shift + relative_mean(at_twice.weights, b, twice) -
                          relative_mean(at_t.weights, b, t)};
  }

  std::optional<Moments> transformed_moments(const Matrix& A, const Matrix& V) const override {
    return detail::mixture_transform(
        {.probabilities = probabilities_, .means = means_, .covariances = covariances_}, moments_.covariance,
        A, V);
  }

 private:
  Index count() const { return probabilities_.size(); }
  const Law& component(Index c) const { return *components_[static_cast<std::size_t>(c)]; }
  const Vector& mean_of(Index c) const { return means_[static_cast<std::size_t>(c)]; }
  const Matrix& covariance_of(Index c) const { return covariances_[static_cast<std::size_t>(c)]; }

  void make_some(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out, SimdTarget target) const {
    // A spec's seeds are below 2^53, so no other stream has this key.
    const Stream second{.seed = stream.seed | (std::uint64_t{1} << 63), .id = stream.id};
    std::vector<std::uint64_t> integers(static_cast<std::size_t>(out.rows()));
    detail::uniform_integers(second, first, integers, target);
    std::vector<Index> chosen;
    for (const std::uint64_t integer : integers) {
      chosen.push_back(choice_(integer));
    }
    Rows<float> tokens(out.rows(), out.cols());
    for (Index c = 0; c < count(); ++c) {
      component(c).sample(stream, first, tokens, target);
      for (Index j = 0; j < out.rows(); ++j) {
        if (chosen[static_cast<std::size_t>(j)] == c) {
          out.row(j) = tokens.row(j);
        }
      }
    }
  }

  /// K_c(t) - K_b(t). The size of t is multiplied last: what overflows before has the right sign.
  double log_ratio(Index c, Index b, const Vector& t) const {
    if (c == b) {
      return 0.0;
    }
    const double size = t.stableNorm();
    const Vector u = t.stableNormalized();
    const double spread = u.dot((covariance_of(c) - covariance_of(b)) * u);
    return size * ((mean_of(c) - mean_of(b)).dot(u) + 0.5 * size * spread);
  }

  /// The component with the largest K_c(t).
  Index top_component(const Vector& t) const {
    Index top = 0;
    for (Index c = 1; c < count(); ++c) {
      if (log_ratio(c, top, t) > 0.0) {
        top = c;
      }
    }
    return top;
  }

  detail::TiltedWeights tilted_weights(Index top, const Vector& t) const {
    Vector logits(count());
    for (Index c = 0; c < count(); ++c) {
      logits[c] = std::min(0.0, log_ratio(c, top, t));
    }
    return detail::tilted_weights(probabilities_, logits);
  }

  /// Mean of the tilted component c less that of component b.
  Vector tilted_difference(Index c, Index b, const Vector& t) const {
    return (mean_of(c) - mean_of(b)) + (covariance_of(c) - covariance_of(b)) * t;
  }

  /// Their average over c.
  Vector relative_mean(const Vector& weights, Index b, const Vector& t) const {
    Vector sum = Vector::Zero(dimension());
    for (Index c = 0; c < count(); ++c) {
      if (weights[c] > 0.0) {
        sum += weights[c] * tilted_difference(c, b, t);
      }
    }
    return sum;
  }

  Vector probabilities_;
  detail::Choice choice_;
  std::vector<LawPointer> components_;
  std::vector<Vector> means_;
  std::vector<Matrix> covariances_;
  Moments moments_;
};

}  // namespace

LawPointer gaussian_mixture(std::span<const GaussianComponent> components) {
  if (components.empty()) {
    throw Error("law.components", "empty", "at least one");
  }
  const Index dimension = components.front().mean.size();
  detail::check_dimension(dimension);
  Vector weights(static_cast<Index>(components.size()));
  for (std::size_t c = 0; c < components.size(); ++c) {
    weights[static_cast<Index>(c)] = components[c].weight;
  }
  const Vector probabilities = detail::probabilities_of(weights, "law.components.weight");
  std::vector<LawPointer> laws;
  std::vector<Index> possible;
  for (std::size_t c = 0; c < components.size(); ++c) {
    const std::string field = "law.components[" + std::to_string(c) + "]";
    detail::check_size(components[c].mean, dimension, field + ".mean");
    const Matrix covariance =
        detail::checked_covariance(components[c].covariance, dimension, field + ".covariance");
    detail::cholesky_factor(covariance, field + ".covariance");
    if (components[c].weight > 0.0) {
      laws.push_back(gaussian(components[c].mean, covariance));
      possible.push_back(static_cast<Index>(c));
    }
  }
  return std::make_shared<GaussianMixture>(probabilities(possible), std::move(laws));
}

namespace {

LawPointer read(Reader& parameters) {
  const Index dimension = read_dimension(parameters);
  std::vector<GaussianComponent> components;
  for (Reader& component : parameters.objects("components")) {
    const double weight = component.number("weight", 1.0, {.least = 0.0});
    const Vector mean = component.vector("mean", dimension, 0.0);
    components.push_back(
        {.weight = weight, .mean = mean, .covariance = component.matrix("covariance", dimension, 1.0)});
    component.finish();
  }
  return gaussian_mixture(components);
}

}  // namespace

LawType gaussian_mixture_law() {
  return {.description =
              {.name = "gaussian_mixture",
               .title = "two clusters",
               .example =
                   R"({"components": [{"mean": -1, "covariance": 0.25}, {"mean": 1, "covariance": 0.25}]})"},
          .read = read};
}

}  // namespace asymptoken
