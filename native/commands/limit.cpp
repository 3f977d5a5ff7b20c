#include <CLI/CLI.hpp>
#include <memory>

#include "asymptoken/experiment.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/text.hpp"
#include "work/interrupt.hpp"

namespace asymptoken::native {

namespace {

struct LimitOptions {
  SpecOptions spec;
  WorkOptions work;
};

int run(const LimitOptions& options) {
  const LoadedSpec loaded = load(options.spec, simd_of(options.work));
  ExperimentJob job(loaded.spec);
  JobHost host = host_of(options.work, static_cast<std::int64_t>(job.limit_items()), "items");
  watch_interrupts();
  if (!run_job(job, std::move(host), job.limit_items()).is_complete) return interrupted_exit_code();
  write_text("standard output", "-", job.limit_json() + "\n");
  return 0;
}

}  // namespace

void add_limit_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("limit", "Print what theory knows of an experiment, without running it");
  const auto options = std::make_shared<LimitOptions>();
  add_spec_options(*command, options->spec, true);
  add_work_options(*command, options->work);
  command->footer(
      "JSON on standard output: for each curve the exact infinite-token limit, asymptotic constants, the "
      "horizon\n"
      "and the predicted exponents, each with its status (paper, derived, heuristic).\n"
      "\n"
      "Example:\n"
      "  asymptoken limit map --set law.dimension=3");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace asymptoken::native
