#include "experiment/type.hpp"

#include <array>

#include "asymptoken/error.hpp"

namespace asymptoken {

namespace {

std::array<const ExperimentType*, 5> types() {
  return {&moments_experiment(), &map_experiment(), &uniform_experiment(), &hardmax_experiment(),
          &window_experiment()};
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

const ReferenceType* reference_type(const Spec& spec) {
  return spec.reference_tokens > 0 ? experiment_type(spec.experiment).reference : nullptr;
}

Curve empty_curve(const Spec& spec, const Head& head, std::size_t metrics) {
  Curve curve;
  if (!spec.attention.parameter.empty()) {
    const std::string& parameter = spec.attention.parameter;
    const double value = parameter == "horizon"   ? head.horizon
                         : parameter == "support" ? head.support
                                                  : head.multiplier;
    curve.parameters.emplace_back(parameter, value);
  }
  curve.horizon = head.horizon;
  for (const std::int64_t n : spec.tokens) {
    curve.points.push_back({.n = n, .metrics = std::vector<std::optional<Estimate>>(metrics)});
  }
  curve.fit.resize(metrics);
  curve.intervals.resize(metrics);
  return curve;
}

}  // namespace asymptoken
