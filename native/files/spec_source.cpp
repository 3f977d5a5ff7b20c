#include "files/spec_source.hpp"

#include <algorithm>
#include <utility>

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

// What stands before and after the first `=`.
std::pair<std::string, std::string> parts_of(const char* option, const std::string& text,
                                             const char* expected) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) throw Error(option, text, expected);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

LoadedSpec read_spec(const std::string& source, const std::vector<std::string>& settings,
                     const std::vector<std::string>& inputs, SimdTarget target) {
  LoadedSpec loaded;
  for (const std::string& input : inputs) {
    const auto [name, path] = parts_of("--input", input, "name=file, such as tokens=mine.npy");
    const ArrayFile& file = loaded.files.emplace_back(path);
    loaded.inputs.add(name, file.data(), file.layout());
  }
  std::string json = document(source);
  for (const std::string& setting : settings) {
    const auto [path, value] = parts_of("--set", setting, "path=value, such as law.dimension=5");
    json = with_setting(json, path, value);
  }
  loaded.spec = parse_spec(json, loaded.inputs, target);
  return loaded;
}

}  // namespace asymptoken::native
