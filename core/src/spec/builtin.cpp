#include <algorithm>

#include "asymptoken/error.hpp"
#include "asymptoken/spec.hpp"

namespace asymptoken {

namespace {

constexpr BuiltinSpec builtins[] = {
    {.name = "moments",
     .summary = "how fast mean and covariance of the transformed law converge as the horizon grows",
     .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 50, "covariance": 0.1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 0.05, "to": 50, "count": 12}},
 "tokens": {"from": 250, "to": 4000, "count": 8}, "replicates": 40})"},
    {.name = "map",
     .summary = "how fast the attention map converges at queries of growing norm",
     .json = R"({"schema": 1, "experiment": "map", "seed": 42,
 "law": {"type": "gaussian", "dimension": 3, "covariance": 1},
 "attention": {"matrix": 1}, "queries": {"radii": [0.5, 1, 1.5, 2]},
 "tokens": {"from": 100, "to": 100000, "count": 10}, "replicates": 200})"},
    {.name = "uniform",
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
};

}  // namespace

std::vector<BuiltinSpec> builtin_specs() { return {std::begin(builtins), std::end(builtins)}; }

const BuiltinSpec& builtin_spec(std::string_view name) {
  const auto* found = std::ranges::find(builtins, name, &BuiltinSpec::name);
  if (found == std::end(builtins)) {
    std::string known;
    for (const BuiltinSpec& spec : builtins) {
      known += (known.empty() ? "" : ", ") + std::string(spec.name);
    }
    throw Error("experiment", "`" + std::string(name) + "`", "one of " + known);
  }
  return *found;
}

}  // namespace asymptoken
