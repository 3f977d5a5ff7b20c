#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "asymptoken/attention_jobs.hpp"
#include "asymptoken/error.hpp"
#include "asymptoken/in_order.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/array_file.hpp"
#include "files/text.hpp"
#include "work/interrupt.hpp"
#include "work/machine.hpp"
#include "work/run_job.hpp"

namespace asymptoken::native {

namespace {

constexpr std::int64_t most = 0x7fffffff;

struct WeightsOptions {
  SpecOptions spec;
  WorkOptions work;
  std::string queries;
  std::string keys;
  std::string scale;
  bool deterministic = false;
  std::string head;
  std::string replicate;
  std::string rows;
  std::string columns;
  std::string side = "1";
  std::string pooling = "largest";
  std::string output = "-";
};

IndexRange parse_range(const std::string& field, const std::string& text, Index n) {
  if (text.empty()) return {.first = 0, .last = n};
  IndexRange range;
  const char* const end = text.data() + text.size();
  const auto [colon, problem] = std::from_chars(text.data(), end, range.first);
  const bool has_colon = problem == std::errc() && colon != end && *colon == ':';
  const auto [rest, problem_after] = std::from_chars(has_colon ? colon + 1 : end, end, range.last);
  if (problem_after != std::errc() || rest != end || range.first < 0 || range.first >= range.last ||
      range.last > n) {
    throw Error(field, text, "FIRST:LAST with 0 <= FIRST < LAST <= " + std::to_string(n));
  }
  return range;
}

/// The shortest text that is read back as the same number.
void append_number(std::string& text, float number) {
  std::array<char, 32> digits{};
  const auto [end, problem] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), end);
}

// A line for each row of blocks.
std::string lines_of(std::span<const double> numbers, Index width) {
  std::string text;
  for (std::size_t place = 0; place < numbers.size(); ++place) {
    append_number(text, static_cast<float>(numbers[place]));
    text += (static_cast<Index>(place) + 1) % width > 0 ? ',' : '\n';
  }
  return text;
}

// The weights between tokens of a spec, or between rows of arrays.
struct Source {
  std::optional<LoadedSpec> loaded;
  std::optional<ArrayFile> queries;
  std::optional<ArrayFile> keys;
  std::unique_ptr<AttentionMatrix> matrix;
};

void load_arrays(const WeightsOptions& options, Source& source) {
  if (options.queries.empty() || options.keys.empty()) {
    throw Error(options.queries.empty() ? "--queries" : "--keys", "missing",
                "both --queries and --keys, or a SPEC");
  }
  for (const auto& [option, given] :
       {std::pair("--set", options.spec.settings), std::pair("--input", options.spec.inputs)}) {
    if (!given.empty()) throw Error(option, given.front(), "to be left out, because no SPEC is given");
  }
  for (const auto& [option, given] :
       {std::pair("--head", &options.head), std::pair("--replicate", &options.replicate)}) {
    if (!given->empty()) throw Error(option, *given, "to be left out, because no SPEC is given");
  }
  source.queries.emplace(options.queries);
  source.keys.emplace(options.keys);
  const Array keys = source.keys->array();
  const double scale = options.scale.empty() ? 1 / std::sqrt(static_cast<double>(keys.columns()))
                                             : parse_number("--scale", options.scale);
  source.matrix =
      std::make_unique<AttentionMatrix>(source.queries->array(), keys, scale, options.deterministic);
}

void load_tokens(const WeightsOptions& options, Source& source) {
  for (const auto& [option, given] :
       {std::pair("--queries", &options.queries), std::pair("--keys", &options.keys),
        std::pair("--scale", &options.scale)}) {
    if (!given->empty()) throw Error(option, *given, "to be left out, because a SPEC is given");
  }
  const Spec& spec = source.loaded.emplace(load(options.spec, simd_of(options.work))).spec;
  if (!spec.law) throw Error("experiment", spec.experiment, "one whose tokens come from a law");
  const auto heads = static_cast<std::int64_t>(spec.attention.heads.size());
  const auto head = static_cast<std::size_t>(
      parse_integer("--head", options.head.empty() ? "0" : options.head, 0, heads - 1));
  const auto replicate = static_cast<std::uint32_t>(
      parse_integer("--replicate", options.replicate.empty() ? "0" : options.replicate, 0, most));
  source.matrix = std::make_unique<AttentionMatrix>(
      spec.law, Stream::of(spec.seed, StreamPurpose::tokens, replicate), spec.tokens.back(),
      spec.attention.heads[head].form.A, spec.deterministic || options.deterministic);
}

int run(const WeightsOptions& options) {
  Source source;
  if (options.spec.source.empty()) {
    load_arrays(options, source);
  } else {
    load_tokens(options, source);
  }
  AttentionMatrix& matrix = *source.matrix;
  const MatrixPart part{.rows = parse_range("--rows", options.rows, matrix.rows()),
                        .columns = parse_range("--columns", options.columns, matrix.columns()),
                        .side = static_cast<Index>(parse_integer("--side", options.side, 1, most))};
  if (options.pooling != "largest" && options.pooling != "mean") {
    throw Error("--pooling", options.pooling, "largest or mean");
  }
  WeightsJob job(matrix, part);
  JobHost host = host_of(options.work, part.rows.size(), "rows");
  job.items_that_fit(usable_memory());
  TextWriter writer("--output", options.output);

  watch_interrupts();
  InOrder<std::string> lines([&](const std::string& text) { writer.write(text); });
  const auto on_finished = [&](std::size_t item, std::span<const double> numbers) {
    const Index blocks = (job.rows_of(item).size() + part.side - 1) / part.side * job.width();
    const bool wants_means = options.pooling == "mean" && part.side > 1;
    lines.add(item, lines_of(numbers.subspan(static_cast<std::size_t>(wants_means ? blocks : 0),
                                             static_cast<std::size_t>(blocks)),
                             job.width()));
  };
  if (!run_job(job, std::move(host), job.size(), on_finished).is_complete) {
    note("interrupted; the weights are not complete");
    return interrupted_exit_code();
  }
  writer.publish();
  return 0;
}

}  // namespace

void add_weights_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("weights", "Softmax weights between the tokens of a spec, or of arrays, as CSV");
  const auto options = std::make_shared<WeightsOptions>();
  add_spec_options(*command, options->spec, false);
  command->add_option("--queries", options->queries, "Instead of a SPEC: one query a row, m x d")
      ->type_name("Q.npy");
  command->add_option("--keys", options->keys, "With it: one key a row, n x d")->type_name("K.npy");
  command
      ->add_option("--scale", options->scale,
                   "Of them: logit of query x against key k = scale <x, k>; default: 1/sqrt(d)")
      ->type_name("S");
  command->add_flag("--deterministic", options->deterministic,
                    "No fused operation: the same bits with every instruction set, and in a browser");
  command->add_option("--head", options->head, "Which of the spec's heads, counted from 0; default: 0")
      ->type_name("INDEX");
  command->add_option("--replicate", options->replicate, "Whose tokens; default: 0")->type_name("INDEX");
  command->add_option("--rows", options->rows, "Queries FIRST to LAST - 1, counted from 0; default: all")
      ->type_name("FIRST:LAST");
  command->add_option("--columns", options->columns, "Keys, likewise")->type_name("FIRST:LAST");
  command
      ->add_option("--side", options->side,
                   "A number for each block of N x N weights; default: 1, every weight")
      ->type_name("N");
  command->add_option("--pooling", options->pooling, "What it is of them: largest (default) or mean")
      ->type_name("MODE");
  command->add_option("--output", options->output, "Write there; default: standard output")
      ->type_name("W.csv");
  add_work_options(*command, options->work);
  command->footer(
      "The first n tokens attend to each other, n the largest of the spec's, or queries attend to keys: a "
      "line for\n"
      "each query, a number for each key, each line of the whole matrix summing to 1. Only the part that is "
      "asked for is\n"
      "made, and never an n x n array. The page's heatmap shows the same numbers.\n"
      "\n"
      "Example:\n"
      "  asymptoken weights moments --set tokens=10000 --side 16 --output weights.csv\n"
      "  asymptoken weights --queries q.npy --keys k.npy --output weights.csv");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace asymptoken::native
