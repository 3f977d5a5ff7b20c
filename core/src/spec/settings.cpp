#include <algorithm>
#include <nlohmann/json.hpp>

#include "asymptoken/error.hpp"
#include "asymptoken/spec.hpp"
#include "experiment/experiment.hpp"

namespace asymptoken {

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
  *place = parse_value(value, path);

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
