#include <algorithm>

#include "asymptoken/error.hpp"
#include "asymptoken/spec.hpp"
#include "experiment/registry.hpp"

namespace asymptoken {

std::vector<BuiltinSpec> builtin_specs() {
  std::vector<BuiltinSpec> all;
  for (const ExperimentType* type : product_experiments()) {
    all.insert(all.end(), type->builtin_specs.begin(), type->builtin_specs.end());
  }
  return all;
}

BuiltinSpec builtin_spec(std::string_view name) {
  const std::vector<BuiltinSpec> all = builtin_specs();
  const auto found = std::ranges::find(all, name, &BuiltinSpec::name);
  if (found == all.end()) {
    std::string known;
    for (const BuiltinSpec& spec : all) {
      known += (known.empty() ? "" : ", ") + std::string(spec.name);
    }
    throw Error("experiment", "`" + std::string(name) + "`", "one of " + known);
  }
  return *found;
}

}  // namespace asymptoken
