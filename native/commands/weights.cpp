#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "asymptoken/error.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/spec_source.hpp"
#include "files/text.hpp"
#include "work/interrupt.hpp"
#include "work/token_weights.hpp"

namespace asymptoken::native {

namespace {

struct WeightsOptions {
  SpecOptions spec;
  WorkOptions work;
  std::string head = "0";
  std::string replicate = "0";
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

std::string lines_of(const Rows<float>& weights) {
  std::string text;
  for (Index row = 0; row < weights.rows(); ++row) {
    for (Index column = 0; column < weights.cols(); ++column) {
      append_number(text, weights(row, column));
      text += column + 1 < weights.cols() ? ',' : '\n';
    }
  }
  return text;
}

int run(const WeightsOptions& options) {
  const Spec spec = read_spec(options.spec.source, options.spec.settings);
  const Index n = spec.tokens.back();
  const auto heads = static_cast<std::int64_t>(spec.attention.heads.size());
  constexpr std::int64_t most = 0x7fffffff;
  const WeightsPart part{
      .head = static_cast<std::size_t>(parse_integer("--head", options.head, 0, heads - 1)),
      .replicate = static_cast<std::uint32_t>(parse_integer("--replicate", options.replicate, 0, most)),
      .rows = parse_range("--rows", options.rows, n),
      .columns = parse_range("--columns", options.columns, n),
      .side = static_cast<Index>(parse_integer("--side", options.side, 1, most))};
  if (options.pooling != "largest" && options.pooling != "mean") {
    throw Error("--pooling", options.pooling, "largest or mean");
  }
  const Compute compute{.target = simd_of(options.work), .deterministic = spec.deterministic};
  const unsigned threads = threads_of(options.work);
  ProgressDisplayPointer display = progress_display(options.work.progress, "rows");
  TextWriter writer("--output", options.output);

  watch_interrupts();
  const bool complete =
      pooled_weights(spec, part, compute, threads, std::move(display), [&](const PooledWeights& rows) {
        writer.write(lines_of(options.pooling == "mean" ? rows.mean : rows.largest));
      });
  if (!complete) {
    std::fprintf(stderr, "asymptoken: interrupted; the weights are not complete\n");
    return interrupted_exit_code();
  }
  writer.publish();
  return 0;
}

}  // namespace

void add_weights_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("weights", "Softmax weights between the tokens of a spec's law, as CSV");
  const auto options = std::make_shared<WeightsOptions>();
  add_spec_options(*command, options->spec, true);
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
      "The first n tokens attend to each other, n the largest of the spec's: a line for each query, a\n"
      "number for each key, each line of the whole matrix summing to 1. Only the part that is asked for is\n"
      "made, and never an n x n array. The page's heatmap shows the same numbers.\n"
      "\n"
      "Example:\n"
      "  asymptoken weights moments --set tokens=10000 --side 16 --output weights.csv");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace asymptoken::native
