#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "asymptoken/attention_jobs.hpp"
#include "asymptoken/error.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/npy.hpp"
#include "work/interrupt.hpp"
#include "work/run_job.hpp"

namespace asymptoken::native {

namespace {

constexpr std::int64_t most = 0x7fffffff;

struct TokensOptions {
  SpecOptions spec;
  WorkOptions work;
  std::string replicate = "0";
  std::string point = "0";
  std::string head = "0";
  std::string count;
  std::string output;
  std::string matrix;
  std::string value;
};

int run(const TokensOptions& options) {
  const LoadedSpec loaded = load(options.spec, simd_of(options.work));
  const Spec& spec = loaded.spec;
  if (!spec.law) throw Error("experiment", spec.experiment, "one whose tokens come from a law");
  const auto replicate = parse_integer("--replicate", options.replicate, 0, most);
  const auto points = static_cast<std::int64_t>(spec.tokens.size());
  const auto point = parse_integer("--point", options.point, 0, spec.nested ? 0 : points - 1);
  const std::int64_t n =
      options.count.empty()
          ? spec.tokens[spec.nested ? spec.tokens.size() - 1 : static_cast<std::size_t>(point)]
          : parse_integer("--count", options.count, 1, 1'000'000'000'000);
  const auto heads = static_cast<std::int64_t>(spec.attention.heads.size());
  const AttentionForm& form =
      spec.attention.heads[static_cast<std::size_t>(parse_integer("--head", options.head, 0, heads - 1))]
          .form;
  require_writable({{"--output", options.output}, {"--matrix", options.matrix}, {"--value", options.value}});
  if (options.output.empty() && options.matrix.empty() && options.value.empty()) {
    throw Error("--output", "missing", "one of --output, --matrix and --value");
  }
  const Stream stream = Stream::of(spec.seed, StreamPurpose::tokens, static_cast<std::uint32_t>(replicate),
                                   static_cast<std::uint32_t>(point));
  TokensJob job(spec.law, stream, n);
  JobHost host = host_of(options.work, n, "tokens");
  watch_interrupts();
  if (!options.output.empty()) {
    NpyWriter writer("--output", options.output, NumberType::float32, n, job.dimension());
    const auto on_finished = [&](std::size_t item, std::span<const double> numbers) {
      const IndexRange range = job.rows_of(item);
      writer.write(range.first,
                   Eigen::Map<const Rows<double>>(numbers.data(), range.size(), job.dimension()));
    };
    if (!run_job(job, std::move(host), job.size(), on_finished).is_complete) {
      note("interrupted; nothing was written");
      return interrupted_exit_code();
    }
    writer.publish();
  }
  if (!options.matrix.empty()) write_npy("--matrix", options.matrix, NumberType::float64, form.A);
  if (!options.value.empty()) write_npy("--value", options.value, NumberType::float64, form.V);
  return 0;
}

}  // namespace

void add_tokens_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("tokens", "The tokens, A and V that a spec realises, as .npy");
  const auto options = std::make_shared<TokensOptions>();
  add_spec_options(*command, options->spec, true);
  command->add_option("--replicate", options->replicate, "Whose tokens; default: 0")->type_name("INDEX");
  command
      ->add_option("--point", options->point,
                   "Of which n of the spec, counted from 0: each has a stream of its own unless they are "
                   "nested;\ndefault: 0")
      ->type_name("INDEX");
  command->add_option("--count", options->count, "How many; default: the n of that point")->type_name("N");
  command->add_option("--output", options->output, "Write the tokens, one a row, float32")
      ->type_name("Y.npy");
  command->add_option("--head", options->head, "Which of the spec's heads, counted from 0; default: 0")
      ->type_name("INDEX");
  command->add_option("--matrix", options->matrix, "Write its A, scale included, float64")
      ->type_name("A.npy");
  command->add_option("--value", options->value, "Write its V, float64")->type_name("V.npy");
  add_work_options(*command, options->work);
  command->footer(
      "Logit of query x against token y: <A x, y>; output: the softmax average of V y. The same tokens bit "
      "for bit\n"
      "as `run` measures and the page draws, on every machine.\n"
      "\n"
      "Example:\n"
      "  asymptoken tokens moments --replicate 3 --output y.npy --matrix a.npy --value v.npy");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace asymptoken::native
