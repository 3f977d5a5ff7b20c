#include <CLI/CLI.hpp>
#include <memory>

#include "asymptoken/experiment.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/spec_source.hpp"
#include "files/text.hpp"

namespace asymptoken::native {

void add_limit_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("limit", "Print what theory knows of an experiment, without running it");
  const auto options = std::make_shared<SpecOptions>();
  add_spec_options(*command, *options, true);
  command->footer(
      "JSON on standard output: for each curve the exact infinite-token limit, asymptotic constants, the "
      "horizon\n"
      "and the predicted exponents, each with its status (paper, derived, heuristic).\n"
      "\n"
      "Example:\n"
      "  asymptoken limit map --set law.dimension=3");
  command->callback([options, &exit_code] {
    std::string json = limit_json(read_spec(options->source, options->settings));
    if (!json.ends_with('\n')) json += '\n';
    write_text("standard output", "-", json);
    exit_code = 0;
  });
}

}  // namespace asymptoken::native
