#include "experiment/type.hpp"

#include <array>

#include "asymptoken/error.hpp"

namespace asymptoken {

namespace {

std::array<const ExperimentType*, 3> types() {
  return {&moments_experiment(), &map_experiment(), &window_experiment()};
}

}  // namespace

std::vector<std::string_view> experiment_names() {
  std::vector<std::string_view> names;
  for (const ExperimentType* type : types()) {
    names.push_back(type->name);
  }
  return names;
}

const ExperimentType& experiment_type(std::string_view name) {
  for (const ExperimentType* type : types()) {
    if (type->name == name) {
      return *type;
    }
  }
  throw Error("experiment", name, "the name of an experiment");
}

Curve empty_curve(const Spec& spec, const Head& head, std::size_t metrics) {
  Curve curve;
  if (!spec.attention.parameter.empty()) {
    const bool by_horizon = spec.attention.parameter == "horizon";
    curve.parameters.emplace_back(spec.attention.parameter, by_horizon ? head.horizon : head.multiplier);
  }
  curve.horizon = head.horizon;
  for (const std::int64_t n : spec.tokens) {
    curve.points.push_back({.n = n, .metrics = std::vector<std::optional<Estimate>>(metrics)});
  }
  curve.fit.resize(metrics);
  return curve;
}

}  // namespace asymptoken
