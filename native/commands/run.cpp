#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "asymptoken/experiment.hpp"
#include "asymptoken/result.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/checkpoint.hpp"
#include "files/text.hpp"
#include "report/figure.hpp"
#include "report/numbers.hpp"
#include "report/table.hpp"
#include "work/interrupt.hpp"
#include "work/machine.hpp"
#include "work/run_job.hpp"

namespace asymptoken::native {

namespace {

struct RunOptions {
  SpecOptions spec;
  WorkOptions work;
  std::string output;
  std::string csv;
  std::string replicates;
  std::string svg;
  std::string checkpoint;
};

std::string items_text(const Job& job) {
  return std::to_string(job.items_done()) + " of " + std::to_string(job.size()) + " items";
}

// One line for each curve, n, replicate and metric.
std::string replicates_csv(const ExperimentJob& job) {
  const Result& outline = job.outline();
  std::string csv = "curve";
  for (const Parameter& parameter : outline.parameters) csv += "," + parameter.id;
  csv += ",n,replicate,metric,value\n";
  for (std::size_t i = 0; i < job.replicate_count(); ++i) {
    const Item& item = job.replicate(i);
    const std::span<const double> values = job.values(i);
    for (std::size_t place = 0; place < values.size(); ++place) {
      const std::size_t metric = place % outline.metrics.size();
      const std::size_t curve = place / outline.metrics.size() % outline.curves.size();
      const std::size_t point = item.first_point + place / outline.metrics.size() / outline.curves.size();
      csv += std::to_string(curve);
      for (const ParameterValue& value : outline.curves[curve].parameters) csv += "," + exact(value);
      csv += "," + std::to_string(job.spec().tokens[point]) + "," + std::to_string(item.replicate) + "," +
             outline.metrics[metric].id + "," + exact(values[place]) + "\n";
    }
  }
  return csv;
}

void write_outputs(const RunOptions& options, const ExperimentJob& job, const Result& result) {
  if (!options.output.empty()) write_text("--output", options.output, to_json(result));
  if (!options.csv.empty()) write_text("--csv", options.csv, to_csv(result));
  if (!options.replicates.empty()) write_text("--replicates-csv", options.replicates, replicates_csv(job));
  if (!options.svg.empty()) write_text("--svg", options.svg, figure(result));
  if (options.output.empty() && options.csv != "-" && options.replicates != "-" && options.svg != "-") {
    write_text("standard output", "-", table(result));
  } else if (::isatty(STDERR_FILENO) == 1 && !options.output.empty() && options.output != "-") {
    note("wrote " + options.output + "; `asymptoken show " + options.output + "` prints its table");
  }
}

int run(const RunOptions& options) {
  const LoadedSpec loaded = load(options.spec, simd_of(options.work));
  require_writable({{"--output", options.output},
                    {"--csv", options.csv},
                    {"--replicates-csv", options.replicates},
                    {"--svg", options.svg},
                    {"--checkpoint", options.checkpoint}});
  ExperimentJob job(loaded.spec);
  JobHost host = host_of(options.work, static_cast<std::int64_t>(job.size()), "items");
  // Before anything is written: what does not fit is refused.
  job.items_that_fit(usable_memory());

  std::string simd(name_of(host.compute.target));
  std::optional<Checkpoint> checkpoint;
  if (!options.checkpoint.empty()) {
    checkpoint.emplace(options.checkpoint, job.spec(), simd);
    for (const auto& [item, values] : checkpoint->finished()) job.add(item, values);
    simd = checkpoint->simd();
  }

  watch_interrupts();
  const auto on_finished = [&](std::size_t item, std::span<const double> values) {
    if (checkpoint) checkpoint->append(item, values);
  };
  const JobOutcome outcome = run_job(job, std::move(host), job.size(), on_finished);
  if (!outcome.is_complete) {
    note("interrupted with " + items_text(job) + " done; " +
         (checkpoint ? "they are kept in " + options.checkpoint + ", and the same command goes on from there"
                     : "nothing is kept without --checkpoint FILE"));
    return interrupted_exit_code();
  }

  Result result = job.result();
  result.provenance = {.version = std::string(version()),
                       .target = "native",
                       .simd = std::move(simd),
                       .wall_seconds = outcome.seconds};
  write_outputs(options, job, result);
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
  command
      ->add_option("--replicates-csv", options->replicates,
                   "Write one line per curve, point, replicate and metric")
      ->type_name("FILE");
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
      "  asymptoken run moments --set 'law={\"type\": \"points\", \"points\": {\"input\": \"tokens\"}}' "
      "--input "
      "tokens=mine.npy\n"
      "  asymptoken run big.json --checkpoint big.checkpoint --output big-result.json --svg big.svg");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace asymptoken::native
