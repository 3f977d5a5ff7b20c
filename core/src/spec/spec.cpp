#include "asymptoken/spec.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <nlohmann/json.hpp>

#include "asymptoken/error.hpp"
#include "experiment/registry.hpp"

namespace asymptoken {

namespace {

/// 1.0 becomes 1, as JavaScript writes it, so that a document is the same text wherever it has been.
void write_integers_plainly(Json& value) {
  if (value.is_structured()) {
    for (Json& entry : value) {
      write_integers_plainly(entry);
    }
  } else if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (std::floor(number) == number && std::abs(number) < 0x1p53) {
      value = static_cast<std::int64_t>(number);
    }
  }
}

/// The key `tokens`: the n of each point, and whether they are nested.
void read_tokens(Reader& reader, Spec& spec) {
  constexpr std::int64_t least = 1;
  constexpr std::int64_t most = 1'000'000'000'000;
  if (!reader.is_object("tokens")) {
    spec.tokens = reader.integers("tokens", least, most, R"({"from", "to", "count"}, )");
    return;
  }
  Reader tokens = reader.object("tokens");
  spec.tokens = tokens.has("list") ? tokens.integers("list", least, most) : tokens.integer_grid(least, most);
  spec.nested = tokens.boolean("nested", spec.nested);
  tokens.finish();
}

/// What the document asked for of the inputs.
std::vector<InputDescription> described_inputs(const ReaderInputs& inputs) {
  std::vector<InputDescription> described;
  for (const auto& [name, array] : inputs.arrays->all()) {
    if (!inputs.used.contains(name)) {
      throw Error("input " + name, text_of(array.layout()),
                  R"(an array that the spec asks for by {"input": ")" + name + R"("})");
    }
    described.push_back(describe(array));
  }
  return described;
}

FitOptions read_fit(Reader& spec) {
  Reader fit = spec.object("fit");
  FitOptions options;
  options.weights = fit.choice("weights", {"inverse_variance", "equal"}) == "equal"
                        ? FitWeights::equal
                        : FitWeights::inverse_variance;
  options.resamples = fit.integer("resamples", options.resamples, 0, 1'000'000);
  fit.finish();
  return options;
}

Spec read_spec(const Json& document, const Inputs& inputs, std::span<const ExperimentType* const> experiments,
               SimdTarget target) {
  Json completed;
  ReaderInputs arrays{.arrays = &inputs};
  Reader reader(document, "", completed, &arrays);
  Spec spec;
  spec.target = target;
  reader.integer("schema", 1, 1, 1);
  std::vector<std::string_view> names;
  for (const ExperimentType* type : experiments) {
    names.push_back(type->name);
  }
  spec.experiment = reader.choice("experiment", names);
  spec.seed = reader.seed("seed", 42);
  spec.deterministic = reader.boolean("deterministic", false);
  spec.parameters =
      (*std::ranges::find(experiments, spec.experiment, &ExperimentType::name))->read(reader, spec);
  read_tokens(reader, spec);
  spec.parameters->check_tokens(spec);
  spec.replicates = reader.integer("replicates", 100, 1, 1'000'000);
  spec.fit = read_fit(reader);
  reader.finish();
  spec.inputs = described_inputs(arrays);
  write_integers_plainly(completed);
  spec.json = completed.dump();
  return spec;
}

}  // namespace

Spec parse_spec(std::string_view text, const Inputs& inputs, SimdTarget target) {
  return parse_spec(text, inputs, product_experiments(), target);
}

Spec parse_spec(std::string_view text, const Inputs& inputs,
                std::span<const ExperimentType* const> experiments, SimdTarget target) {
  const Json document = parse_json(text, "spec");
  try {
    return read_spec(document, inputs, experiments, target);
  } catch (const std::bad_alloc&) {
    // Of all that a spec asks for while it is read, only matrices are large.
    if (document.contains("law") && document["law"].contains("dimension")) {
      throw Error("law.dimension", quote(document["law"]["dimension"]),
                  "one whose square matrices fit in memory");
    }
    throw;
  }
}

}  // namespace asymptoken
