#include <algorithm>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <string>

#include "asymptoken/attention.hpp"
#include "reference.hpp"

using namespace asymptoken;
using reference::Json;

namespace {

double scale_of(const Json& inputs) {
  const Json& scale = inputs.at("scale");
  if (scale.is_number()) {
    return scale.get<double>();
  }
  if (scale == "1/sqrt(dk)") {
    return 1.0 / std::sqrt(static_cast<double>(inputs.at("Wk").size()));
  }
  return std::stod(scale.get<std::string>());
}

Rows<double> values_of(const Json& inputs) {
  return reference::matrix(inputs.at("X")) * reference::matrix(inputs.at("Wv")).transpose();
}

Json attention_quantities(const Json& inputs, Compute compute) {
  const Matrix X = reference::matrix(inputs.at("X"));
  const Matrix asking = inputs.contains("queries") ? reference::matrix(inputs.at("queries")) : X;
  const Rows<double> queries = asking * reference::matrix(inputs.at("Wq")).transpose();
  const Rows<double> keys = X * reference::matrix(inputs.at("Wk")).transpose();
  const AttentionOutput<double> attention =
      attend<double>(queries, keys, values_of(inputs), scale_of(inputs), compute, Spread::compute);
  MomentAccumulator accumulator{Vector(attention.output.row(0).transpose())};
  accumulator.add(RowsView<double>(attention.output));
  const Moments moments = accumulator.moments();
  return {{"output", reference::json(Matrix(attention.output))},
          {"mean", reference::json(moments.mean)},
          {"cov", reference::json(moments.covariance)},
          {"logsumexp", reference::json(attention.log_sum_exp)},
          {"participation", reference::json(attention.participation)},
          {"entropy", reference::json(attention.entropy)}};
}

/// The cases count `abs` in units of the largest value.
double unit(const Json& inputs, std::string_view quantity) {
  const double largest = values_of(inputs).cwiseAbs().maxCoeff();
  if (quantity == "output" || quantity == "mean") {
    return largest;
  }
  return quantity == "cov" ? largest * largest : 1.0;
}

}  // namespace

TEST_CASE("reference: softmax attention in float64", "[reference]") {
  for (const SimdTarget target : available_simd_targets()) {
    for (const bool deterministic : {false, true}) {
      INFO(name_of(target) << (deterministic ? ", deterministic" : ""));
      const auto evaluate = [&](const Json& inputs) {
        return attention_quantities(inputs, {.target = target, .deterministic = deterministic});
      };
      CHECK(reference::check_kind("softmax_attention", reference::Relative::to_largest_entry, evaluate,
                                  unit) > 0);
    }
  }
}
