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
    {.name = "window",
     .summary = "tokens of a sequence that see those around them and a few at random, or i.i.d. draws",
     .json = R"({"schema": 1, "experiment": "window", "seed": 42,
 "law": {"type": "autoregressive", "dimension": 16, "covariance": 1, "correlation": 0.95},
 "attention": {"weights": "random", "seed": 7, "horizons": [1]}, "context": 1024, "random": 16,
 "tokens": {"from": 49, "to": 769, "count": 8}, "replicates": 100})"},
    {.name = "paper-window",
     .summary =
         "windows of the published setting; correlated Gaussian tokens of one head stand in for its text",
     .json = R"({"schema": 1, "experiment": "window", "seed": 42,
 "law": {"type": "autoregressive", "dimension": 64, "covariance": 1, "correlation": 0.95},
 "attention": {"weights": "random", "seed": 7, "horizons": [1]}, "context": 4096, "random": 50,
 "tokens": {"from": 1051, "to": 3051, "count": 12}, "replicates": 500})"},
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
