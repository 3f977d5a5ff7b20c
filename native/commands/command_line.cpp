#include "commands/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "asymptoken/error.hpp"
#include "asymptoken/result.hpp"
#include "asymptoken/simd.hpp"
#include "commands/commands.hpp"

namespace asymptoken::native {

namespace {

std::string version_text() {
  std::string text = "asymptoken " + std::string(version()) + ", SIMD targets of this machine:";
  for (const SimdTarget target : available_simd_targets()) text += " " + std::string(name_of(target));
  return text;
}

std::string command_names(const CLI::App& app) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  return names;
}

// The parser's own messages differ in form from ours; these are the mistakes that people make.
[[noreturn]] void throw_usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const auto unknown = app.remaining(true);
  if (chosen.empty()) {
    if (unknown.empty())
      throw Error("the command", "missing", "one of " + command_names(app) + " (asymptoken --help)");
    throw Error("the command", unknown.front(), "one of " + command_names(app) + " (asymptoken --help)");
  }
  const std::string help = " (asymptoken " + chosen.front()->get_name() + " --help)";
  if (unknown.empty()) {
    // These messages begin with the name of the option.
    const std::string message = error.what();
    const std::string name = message.substr(0, message.find_first_of(" :"));
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
      throw Error(name, "missing", "a value" + help);
    throw Error(name, "given without a value or more than once", "one value" + help);
  }
  const bool is_option = unknown.front().starts_with("-");
  throw Error(is_option ? "the option" : "the argument", unknown.front(),
              is_option ? "one that this command has" + help : "nothing more here" + help);
}

}  // namespace

int run_command_line(int count, const char* const* arguments) {
  CLI::App app(
      "How many tokens until attention stops depending on how many tokens there are?\n"
      "asymptoken measures softmax attention on n tokens against its exact infinite-token limit.");
  app.name("asymptoken");
  app.get_formatter()->column_width(30);
  app.require_subcommand(1);
  app.set_version_flag("--version", version_text(), "Print the version and what this machine computes with");
  app.set_help_flag("-h,--help", "Print this manual; every command has its own");
  app.footer(
      "First steps:\n"
      "  asymptoken spec                          what there is to run\n"
      "  asymptoken run moments --svg figure.svg  run one and draw it\n"
      "\n"
      "Exit codes: 0 done, 2 bad input (one sentence on standard error says what and why), 130 interrupted,\n"
      "1 anything else.");

  int exit_code = 0;
  add_spec_command(app, exit_code);
  add_run_command(app, exit_code);
  add_show_command(app, exit_code);
  add_limit_command(app, exit_code);
  add_attend_command(app, exit_code);
  add_weights_command(app, exit_code);
  add_tokens_command(app, exit_code);
  add_bench_command(app, exit_code);

  try {
    app.parse(count, arguments);
  } catch (const CLI::Success& request) {
    // --help and --version come as an exception.
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    throw_usage_error(app, error);
  }
  return exit_code;
}

}  // namespace asymptoken::native
