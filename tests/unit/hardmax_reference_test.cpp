#include <catch_amalgamated.hpp>
#include <cmath>

#include "asymptoken/attention.hpp"
#include "asymptoken/hardmax.hpp"
#include "reference.hpp"

using namespace asymptoken;
using reference::Json;
using reference::Relative;

namespace {

Json finite_quantities(const Json& inputs) {
  const Rows<double> tokens = reference::matrix(inputs.at("X"));
  const AttentionForm attention{.A = reference::matrix(inputs.at("A")),
                                .V = reference::matrix(inputs.at("V"))};
  const Vector query = reference::vector(inputs.at("x"));
  const HardmaxAttention hardmax = hardmax_attention(tokens, attention, query);
  const Rows<double> values = tokens * attention.V.transpose();
  const double largest_value = values.rowwise().norm().maxCoeff();
  Json quantities = {{"argmax", hardmax.argmax},
                     {"hardmax", reference::json(hardmax.output)},
                     {"gap", hardmax.gap},
                     {"softmax", Json::array()}};
  for (const Json& entry : inputs.at("lambdas")) {
    const auto lambda = entry.get<double>();
    const Rows<double> tilt = (attention.A * query).transpose();
    const Vector softmax = attend<double>(tilt, tokens, values, lambda).output.row(0).transpose();
    quantities["softmax"].push_back(reference::json(softmax));
    const auto n = static_cast<double>(tokens.rows());
    CHECK((softmax - hardmax.output).norm() <=
          hardmax_distance_bound(largest_value, n, hardmax.gap, lambda) + 1e-13 * largest_value);
  }
  return quantities;
}

Json normal_maxima(const Json& inputs) {
  Json quantities;
  for (const Json& n : inputs.at("n")) {
    const NormalMaximum maximum = normal_maximum(n.get<double>());
    quantities["expected_max"].push_back(maximum.mean);
    quantities["leading"].push_back(maximum.leading);
    quantities["second_order"].push_back(maximum.second_order);
  }
  return quantities;
}

Json sphere_gaps(const Json& inputs) {
  Json quantities;
  for (std::size_t i = 0; i < inputs.at("d").size(); ++i) {
    const auto d = inputs.at("d").at(i).get<Index>();
    const auto n = inputs.at("n").at(i).get<double>();
    quantities["expected_gap"].push_back(largest_cosine(d, n).mean_gap);
    const auto maximum = sphere(d, 1.0)->support_maximum(Vector::Unit(d, 0));
    quantities["asymptotic"].push_back(hardmax_gap(maximum.value(), n));
  }
  return quantities;
}

Json random_energies(const Json& inputs) {
  Json quantities;
  for (const Json& b : inputs.at("b")) {
    const RandomEnergy energy = random_energy(b.get<double>());
    quantities["free_energy"].push_back(energy.free_energy);
    quantities["error_exponent"].push_back(energy.error_exponent);
    quantities["participation_limit"].push_back(energy.participation);
    quantities["normalised_output"].push_back(energy.alignment);
  }
  return quantities;
}

}  // namespace

TEST_CASE("reference: hardmax over finitely many tokens", "[reference][hardmax]") {
  CHECK(reference::check_kind("hardmax_finite", Relative::to_largest_entry, finite_quantities) > 0);
}

TEST_CASE("reference: the largest of n normal variates", "[reference][hardmax]") {
  CHECK(reference::check_kind("gaussian_max", Relative::to_entry, normal_maxima) > 0);
}

TEST_CASE("reference: the largest cosine on the sphere", "[reference][hardmax]") {
  CHECK(reference::check_kind("sphere_hardmax_gap", Relative::to_entry, sphere_gaps) > 0);
}

TEST_CASE("reference: the random-energy picture", "[reference][hardmax]") {
  CHECK(reference::check_kind("rem_exponents", Relative::to_entry, random_energies) > 0);
}
