#include "asymptoken/spec.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "asymptoken/error.hpp"
#include "experiment/type.hpp"
#include "json/reader.hpp"
#include "law/registry.hpp"
#include "spec/attention_sweep.hpp"
#include "spec/token_sweep.hpp"

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

}  // namespace

Spec parse_spec(std::string_view text) {
  const Json document = parse_json(text, "spec");
  Json completed;
  Reader reader(document, "", completed);
  Spec spec;
  reader.integer("schema", 1, 1, 1);
  const ExperimentType& type = experiment_type(reader.choice("experiment", experiment_names()));
  spec.experiment = type.name;
  spec.seed = reader.seed("seed", 42);
  spec.deterministic = reader.boolean("deterministic", false);
  Reader law = reader.object("law");
  spec.law = read_law(law);
  Reader attention = reader.object("attention");
  spec.attention = read_attention(attention, *spec.law);
  if (spec.attention.parameter == "support" && spec.experiment != "moments") {
    attention.reject("supports", "to be left out, because only moments sweeps the support");
  }
  type.read(reader, spec);
  read_tokens(reader, spec);
  spec.replicates = reader.integer("replicates", 100, 1, 1'000'000);
  spec.fit = read_fit(reader);
  reader.finish();
  write_integers_plainly(completed);
  spec.json = completed.dump();
  return spec;
}

std::string with_setting(std::string_view text, std::string_view path, std::string_view value) {
  Json document = parse_json(text, "spec");
  Json* place = &document;
  std::string_view rest = path;
  std::string_view key;
  Json* parent = nullptr;
  do {
    const std::size_t dot = rest.find('.');
    key = rest.substr(0, dot);
    rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
    if (key.empty()) {
      throw Error("path of the setting", "`" + std::string(path) + "`",
                  "names joined by dots, such as law.dimension");
    }
    if (!place->is_object()) {
      const std::string_view outer = path.substr(0, static_cast<std::size_t>(key.data() - path.data()) - 1);
      throw Error(outer, quote(*place), "an object, because " + std::string(path) + " is to be set in it");
    }
    parent = place;
    place = &(*place)[std::string(key)];
    if (place->is_null() && !rest.empty()) {
      *place = Json::object();
    }
  } while (!rest.empty());
  const Json parsed = Json::parse(value, nullptr, false);
  *place = parsed.is_discarded() ? Json(value) : parsed;

  const auto alternatives = attention_alternatives();
  if (path == "attention." + std::string(key) && std::ranges::find(alternatives, key) != alternatives.end()) {
    for (const std::string_view other : alternatives) {
      if (other != key) {
        parent->erase(std::string(other));
      }
    }
    if (key == "matrix") {
      parent->erase("weights");
      parent->erase("seed");
    }
  }
  return document.dump();
}

}  // namespace asymptoken
