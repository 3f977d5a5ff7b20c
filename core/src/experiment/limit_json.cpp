#include <nlohmann/json.hpp>

#include "experiment/type.hpp"
#include "result/curve_json.hpp"

namespace asymptoken {

std::string limit_json(const Spec& spec) {
  const Plan plan(spec, std::numeric_limits<double>::infinity());
  const ExperimentType& type = experiment_type(spec.experiment);
  Json curves = Json::array();
  for (std::size_t c = 0; c < plan.skeleton().curves.size(); ++c) {
    const Curve& curve = plan.skeleton().curves[c];
    curves.push_back({{"parameters", parameters_json(curve)},
                      {"horizon", curve.horizon},
                      {"limit", type.limit(*plan.contents_, c)},
                      {"predicted", predictions_json(curve)}});
  }
  const Json document = {{"schema", 1}, {"spec", parse_json(spec.json, "spec")}, {"curves", curves}};
  return document.dump(1);
}

}  // namespace asymptoken
