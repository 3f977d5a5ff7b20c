#include "files/spec_source.hpp"

#include <algorithm>
#include <string_view>

#include "asymptoken/error.hpp"
#include "files/text.hpp"

namespace asymptoken::native {

namespace {

std::string document(const std::string& source) {
  const auto builtins = builtin_specs();
  const auto builtin = std::ranges::find(builtins, source, &BuiltinSpec::name);
  if (builtin != builtins.end()) return std::string(builtin->json);
  if (source == "-" || exists(source)) return read_text("SPEC", source);
  std::string names;
  for (const BuiltinSpec& known : builtins) names += (names.empty() ? "" : ", ") + std::string(known.name);
  throw Error("SPEC", source,
              "a file that exists, - for standard input, or the name of a built-in spec (" + names + ")");
}

}  // namespace

Spec read_spec(const std::string& source, const std::vector<std::string>& settings) {
  std::string json = document(source);
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error("--set", setting, "path=value, such as law.dimension=5");
    }
    json = with_setting(json, std::string_view(setting).substr(0, equals),
                        std::string_view(setting).substr(equals + 1));
  }
  return parse_spec(json);
}

}  // namespace asymptoken::native
