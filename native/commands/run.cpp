#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "asymptoken/experiment.hpp"
#include "asymptoken/result.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/checkpoint.hpp"
#include "files/spec_source.hpp"
#include "files/text.hpp"
#include "report/figure.hpp"
#include "report/table.hpp"
#include "work/experiment_run.hpp"
#include "work/interrupt.hpp"
#include "work/progress.hpp"

namespace asymptoken::native {

namespace {

struct RunOptions {
  SpecOptions spec;
  WorkOptions work;
  std::string output;
  std::string csv;
  std::string svg;
  std::string checkpoint;
};

void note(const std::string& line) { std::fprintf(stderr, "asymptoken: %s\n", line.c_str()); }

std::string items_text(const Merger& merger, const Plan& plan) {
  return std::to_string(merger.items_done()) + " of " + std::to_string(plan.items().size()) + " items";
}

void write_outputs(const RunOptions& options, const Result& result) {
  if (!options.output.empty()) write_text("--output", options.output, to_json(result));
  if (!options.csv.empty()) write_text("--csv", options.csv, to_csv(result));
  if (!options.svg.empty()) write_text("--svg", options.svg, figure(result));
  if (options.output.empty() && options.csv != "-" && options.svg != "-") {
    write_text("standard output", "-", table(result));
  } else if (::isatty(STDERR_FILENO) == 1 && !options.output.empty() && options.output != "-") {
    note("wrote " + options.output + "; `asymptoken show " + options.output + "` prints its table");
  }
}

int run(const RunOptions& options) {
  const Spec spec = read_spec(options.spec.source, options.spec.settings);
  const unsigned threads_wanted = threads_of(options.work);
  const Compute compute{.target = simd_of(options.work), .deterministic = spec.deterministic};
  ProgressDisplayPointer display = progress_display(options.work.progress, "items");
  require_writable({{"--output", options.output},
                    {"--csv", options.csv},
                    {"--svg", options.svg},
                    {"--checkpoint", options.checkpoint}});
  const auto [plan, threads] = plan_that_fits(spec, threads_wanted);
  if (threads < threads_wanted) note("memory suffices for " + std::to_string(threads) + " threads only");

  Merger merger(plan);
  std::string simd(name_of(compute.target));
  std::optional<Checkpoint> checkpoint;
  if (!options.checkpoint.empty()) {
    checkpoint.emplace(options.checkpoint, spec.json, simd);
    for (const auto& [item, values] : checkpoint->finished()) merger.add(item, values);
    simd = checkpoint->simd();
  }

  watch_interrupts();
  Progress progress(std::move(display), static_cast<std::int64_t>(plan.items().size()),
                    merger.work_done() / plan.total_work());
  const auto on_finished = [&](std::size_t item, std::span<const double> values) {
    if (checkpoint) checkpoint->append(item, values);
  };
  if (!run_items(plan, merger, compute, threads, progress, on_finished)) {
    note("interrupted with " + items_text(merger, plan) + " done; " +
         (checkpoint ? "they are kept in " + options.checkpoint + ", and the same command goes on from there"
                     : "nothing is kept without --checkpoint FILE"));
    return interrupted_exit_code();
  }

  Result result = merger.result();
  result.provenance = {.version = std::string(version()),
                       .target = "native",
                       .simd = std::move(simd),
                       .wall_seconds = progress.seconds()};
  write_outputs(options, result);
  return 0;
}

}  // namespace

void add_run_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("run", "Run an experiment");
  const auto options = std::make_shared<RunOptions>();
  add_spec_options(*command, options->spec, true);
  command->add_option("--output", options->output, "Write the result as JSON; - for standard output")
      ->type_name("FILE");
  command->add_option("--csv", options->csv, "Write one line per curve, point and metric")->type_name("FILE");
  command->add_option("--svg", options->svg, "Write the figure")->type_name("FILE");
  command
      ->add_option("--checkpoint", options->checkpoint,
                   "Keep finished items in this file, and start with those that it holds.\n"
                   "After Ctrl-C or a crash the same command goes on where it stopped")
      ->type_name("FILE");
  add_work_options(*command, options->work);
  command->footer(
      "Without --output a table of curves, fits and predictions goes to standard output. The numbers depend "
      "on\n"
      "the spec and the SIMD target only, never on the number of threads or on interruptions; with\n"
      "\"deterministic\": true in the spec they do not depend on the SIMD target either.\n"
      "\n"
      "Examples:\n"
      "  asymptoken run moments --set law.dimension=5 --set attention.scales.count=3 --output result.json\n"
      "  asymptoken run big.json --checkpoint big.checkpoint --output big-result.json --svg big.svg");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace asymptoken::native
