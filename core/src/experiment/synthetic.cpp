#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "asymptoken/error.hpp"
#include "asymptoken/random.hpp"
#include "experiment/experiment.hpp"
#include "law/registry.hpp"

namespace asymptoken {

namespace {

/// W_q, W_k and W_v of one random head: independent N(0, 1/d) entries. [paper]
struct RandomWeights {
  Matrix query, key, value;
};

RandomWeights random_weights(std::uint64_t seed, Index dimension, SimdTarget target) {
  const Index entries = dimension * dimension;
  Rows<float> normals(3 * dimension, dimension);
  normal_variates(Stream::of(seed, StreamPurpose::weights), 0,
                  {normals.data(), static_cast<std::size_t>(3 * entries)}, target);
  const Matrix weights = normals.cast<double>() / std::sqrt(static_cast<double>(dimension));
  return {weights.topRows(dimension), weights.middleRows(dimension, dimension),
          weights.bottomRows(dimension)};
}

std::vector<Head> heads_at(const AttentionSweep& sweep, const std::vector<double>& multipliers,
                           const Matrix& covariance) {
  std::vector<Head> heads;
  const double base_horizon = horizon(covariance, sweep.base);
  for (const double multiplier : multipliers) {
    heads.push_back({.form = {.A = multiplier * sweep.base, .V = sweep.V},
                     .multiplier = multiplier,
                     .horizon = multiplier * base_horizon});
  }
  return heads;
}

AttentionSweep read_fixed(Reader& attention, const Law& law) {
  AttentionSweep sweep;
  sweep.base = attention.matrix("matrix", law.dimension(), std::nullopt);
  sweep.V = attention.matrix("value", law.dimension(), 1.0, true);
  if (!attention.has("supports")) {
    sweep.heads = heads_at(sweep, {1.0}, law.covariance());
    return sweep;
  }
  sweep.parameter = SweptParameter::support;
  const std::vector<double> supports = attention.number_sweep("supports", {1e-6, 1e6});
  std::vector<double> multipliers;
  for (const double support : supports) {
    multipliers.push_back(support * support);
  }
  sweep.heads = heads_at(sweep, multipliers, law.covariance());
  for (std::size_t i = 0; i < supports.size(); ++i) {
    sweep.heads[i].support = supports[i];
  }
  return sweep;
}

AttentionSweep read_random(Reader& attention, const Law& law, SimdTarget target) {
  AttentionSweep sweep;
  attention.choice("weights", {"random"});
  const RandomWeights weights = random_weights(attention.seed("seed", 7), law.dimension(), target);
  sweep.base = weights.key.transpose() * weights.query / std::sqrt(static_cast<double>(law.dimension()));
  sweep.V = weights.value;
  const Matrix covariance = law.covariance();
  if (attention.has("horizons")) {
    sweep.parameter = SweptParameter::horizon;
    const std::vector<double> horizons = attention.number_sweep("horizons", {1e-6, 1e6});
    const double base_horizon = horizon(covariance, sweep.base);
    std::vector<double> multipliers;
    for (const double value : horizons) {
      multipliers.push_back(value / base_horizon);
    }
    sweep.heads = heads_at(sweep, multipliers, covariance);
  } else {
    sweep.parameter = SweptParameter::scale;
    sweep.heads = heads_at(sweep, attention.number_sweep("scales", {1e-12, 1e12}), covariance);
  }
  return sweep;
}

AttentionSweep read_attention(Reader& attention, const Law& law, SimdTarget target) {
  std::string given;
  for (const std::string_view key : attention_alternatives()) {
    if (attention.has(key)) {
      if (!given.empty()) {
        attention.reject(key, "to be left out, because " + attention.path_of(given) + " is given too");
      }
      given = key;
    }
  }
  if (given.empty()) {
    throw Error(attention.path_of("scales"), "missing", "one of scales, horizons and matrix in this object");
  }
  AttentionSweep sweep = given == "matrix" ? read_fixed(attention, law) : read_random(attention, law, target);
  attention.finish();
  return sweep;
}

}  // namespace

std::vector<std::string_view> attention_alternatives() { return {"scales", "horizons", "matrix"}; }

void read_synthetic(Reader& reader, Spec& spec, bool takes_supports) {
  Reader law = reader.object("law");
  spec.law = read_law(law);
  Reader attention = reader.object("attention");
  spec.attention = read_attention(attention, *spec.law, spec.target);
  if (spec.attention.parameter == SweptParameter::support && !takes_supports) {
    attention.reject("supports", "to be left out, because this experiment has no sweep of them");
  }
}

std::vector<Parameter> sweep_parameters(const Spec& spec) {
  Parameter horizon{
      .id = "horizon", .label = {.title = "horizon", .symbol = "H", .remark = ""}, .is_swept = false};
  switch (spec.attention.parameter) {
    case SweptParameter::none:
      return {horizon};
    case SweptParameter::horizon:
      horizon.is_swept = true;
      return {horizon};
    case SweptParameter::scale:
      return {{.id = "scale", .label = {.title = "scale", .symbol = "s", .remark = ""}}, horizon};
    case SweptParameter::support:
      break;
  }
  return {{.id = "support", .label = {.title = "size of the support", .symbol = "R", .remark = ""}}, horizon};
}

std::vector<ParameterValue> sweep_values(const Spec& spec, const Head& head) {
  switch (spec.attention.parameter) {
    case SweptParameter::none:
    case SweptParameter::horizon:
      return {head.horizon};
    case SweptParameter::scale:
      return {head.multiplier, head.horizon};
    case SweptParameter::support:
      break;
  }
  return {head.support, head.horizon};
}

std::string synthetic_title(const Spec& spec) {
  return std::string(spec.law->name()) + " tokens, d = " + std::to_string(spec.law->dimension());
}

}  // namespace asymptoken
