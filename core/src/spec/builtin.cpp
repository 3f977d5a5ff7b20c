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
    {.name = "paper-gaussian",
     .summary =
         "the published Gaussian experiment: errors against a sample of 100,000 and against the exact limit",
     .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 50, "covariance": 0.1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 0.05, "to": 50, "count": 12}},
 "sampled_reference": {"tokens": 100000},
 "tokens": {"from": 1000, "to": 30000, "count": 12}, "replicates": 200})"},
    {.name = "paper-gaussian-quick",
     .summary = "the same picture within a minute: fewer and smaller samples",
     .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 50, "covariance": 0.1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 0.05, "to": 50, "count": 12}},
 "sampled_reference": {"tokens": 12000},
 "tokens": {"from": 250, "to": 4000, "count": 9}, "replicates": 30})"},
    {.name = "paper-sphere",
     .summary = "the published sphere experiment; its scale s is d s^2 here",
     .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "sphere", "dimension": 50, "radius": 1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 5000, "to": 5e11, "count": 12}},
 "covariance_norm": "spectral", "sampled_reference": {"draws": 1000000}, "fit": {"weights": "equal"},
 "tokens": {"from": 10000, "to": 100000, "count": 12}, "replicates": 200})"},
    {.name = "paper-sphere-quick",
     .summary = "the same picture within a minute: fewer and smaller samples",
     .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "sphere", "dimension": 50, "radius": 1},
 "attention": {"weights": "random", "seed": 7, "scales": {"from": 5000, "to": 5e11, "count": 12}},
 "covariance_norm": "spectral", "sampled_reference": {"draws": 100000}, "fit": {"weights": "equal"},
 "tokens": {"from": 250, "to": 4000, "count": 9}, "replicates": 30})"},
    {.name = "support",
     .summary = "how the constant C'(R) of the moments grows with the size R of the support: uniform tokens "
                "in a ball",
     .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "ball", "dimension": 3, "radius": 1},
 "attention": {"matrix": 1, "supports": {"from": 0.5, "to": 8, "count": 9}},
 "tokens": {"from": 500, "to": 8000, "count": 5}, "replicates": 60})"},
    {.name = "line",
     .summary = "Gaussian tokens on the line: slopes at H = 0.5 to 3 up to n = 100,000",
     .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 1},
 "attention": {"weights": "random", "seed": 7, "horizons": [0.5, 1, 1.5, 2, 3]},
 "tokens": {"from": 1000, "to": 100000, "count": 9}, "replicates": 40})"},
    {.name = "line-streamed",
     .summary = "the same with the queries averaged exactly: linear in n, to n = 10,000,000",
     .json = R"({"schema": 1, "experiment": "moments", "seed": 42,
 "law": {"type": "gaussian", "dimension": 1},
 "attention": {"weights": "random", "seed": 7, "horizons": [0.5, 1, 1.5, 2, 3]}, "queries": {"quadrature": 288},
 "tokens": {"from": 1000, "to": 10000000, "count": 13, "nested": true}, "replicates": 40})"},
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
    {.name = "hardmax",
     .summary = "softmax on its way to hardmax: temperatures down to 0 on the sphere",
     .json = R"({"schema": 1, "experiment": "hardmax", "seed": 42,
 "law": {"type": "sphere", "dimension": 3, "radius": 1},
 "attention": {"matrix": 1}, "query": {"radius": 1},
 "temperatures": [0, 0.0001, 0.01, 1], "temperature_unit": "fixed",
 "tokens": {"from": 100, "to": 100000, "count": 10}, "replicates": 200})"},
    {.name = "random-energy",
     .summary = "logits that sharpen with n: the three regimes of Gaussian tokens",
     .json = R"({"schema": 1, "experiment": "hardmax", "seed": 42,
 "law": {"type": "gaussian", "dimension": 3, "covariance": 1},
 "attention": {"matrix": 1}, "query": {"radius": 1},
 "temperatures": [0, 0.5, 1.25, 4], "temperature_unit": "critical",
 "tokens": {"from": 1000, "to": 1000000, "count": 7}, "replicates": 100})"},
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
