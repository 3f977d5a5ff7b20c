#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "asymptoken/experiment.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/text.hpp"
#include "report/figure.hpp"
#include "report/table.hpp"

namespace asymptoken::native {

namespace {

struct ShowOptions {
  std::string result;
  std::string csv;
  std::string svg;
};

int show(const ShowOptions& options) {
  const Result result = read_result(read_text("RESULT", options.result));
  require_writable({{"--csv", options.csv}, {"--svg", options.svg}});
  if (!options.csv.empty()) write_text("--csv", options.csv, to_csv(result));
  if (!options.svg.empty()) write_text("--svg", options.svg, figure(result));
  // Standard output belongs to whichever file was sent there.
  if (options.csv != "-" && options.svg != "-") write_text("standard output", "-", table(result));
  return 0;
}

}  // namespace

void add_show_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("show", "Print a result as a table, or redraw it, without rerunning");
  const auto options = std::make_shared<ShowOptions>();
  command->add_option("RESULT", options->result, "A file that `run --output` wrote, or - for standard input")
      ->required()
      ->type_name("");
  command->add_option("--csv", options->csv, "Write one line per curve, point and metric")->type_name("FILE");
  command->add_option("--svg", options->svg, "Write the figure")->type_name("FILE");
  command->footer(
      "The table has a line for each curve: the error at both ends, the fitted slope with its standard "
      "error,\n"
      "each predicted slope, and how many standard errors the fit lies from it.\n"
      "\n"
      "Example:\n"
      "  asymptoken show result.json --svg figure.svg");
  command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace asymptoken::native
