#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "asymptoken/error.hpp"
#include "asymptoken/spec.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/text.hpp"

namespace asymptoken::native {

namespace {

std::string list_of_builtins() {
  std::size_t width = 0;
  for (const BuiltinSpec& spec : builtin_specs()) width = std::max(width, spec.name.size());
  std::string text;
  for (const BuiltinSpec& spec : builtin_specs()) {
    text += std::string(spec.name) + std::string(width + 2 - spec.name.size(), ' ') +
            std::string(spec.summary) + "\n";
  }
  return text;
}

std::string complete_spec(const SpecOptions& options) {
  const std::string json = load(options, available_simd_targets().front()).spec.json;
  return nlohmann::ordered_json::parse(json).dump(2) + "\n";
}

}  // namespace

void add_spec_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("spec", "List the built-in experiments, or print one complete spec");
  const auto options = std::make_shared<SpecOptions>();
  add_spec_options(*command, *options, false);
  command->footer(
      "Without SPEC: one line for each built-in experiment. With it: the spec as JSON on standard output, "
      "every\n"
      "default written out, checked as `run` would check it.\n"
      "\n"
      "Example:\n"
      "  asymptoken spec moments --set law.dimension=5 > mine.json\n"
      "  asymptoken run mine.json");
  command->callback([options, &exit_code] {
    for (const auto& [option, given] :
         {std::pair("--set", options->settings), std::pair("--input", options->inputs)}) {
      if (options->source.empty() && !given.empty()) {
        throw Error(option, given.front(), "a SPEC that it applies to");
      }
    }
    write_text("standard output", "-",
               options->source.empty() ? list_of_builtins() : complete_spec(*options));
    exit_code = 0;
  });
}

}  // namespace asymptoken::native
