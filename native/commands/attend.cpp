#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "asymptoken/result.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/npy.hpp"
#include "files/text.hpp"
#include "work/array_attention.hpp"
#include "work/interrupt.hpp"
#include "work/machine.hpp"
#include "work/progress.hpp"

namespace asymptoken::native {

namespace {

using Json = nlohmann::ordered_json;

struct AttendOptions {
  WorkOptions work;
  std::string queries;
  std::string keys;
  std::string values;
  std::string scale;
  std::string output;
  std::string stats;
  bool float64 = false;
  bool deterministic = false;
};

Json json_of(const Summary& summary) {
  return {{"min", summary.smallest}, {"mean", summary.mean}, {"max", summary.largest}};
}

Json json_of(const Vector& vector) { return std::vector<double>(vector.begin(), vector.end()); }

Json json_of(const Matrix& matrix) {
  Json rows = Json::array();
  for (Index row = 0; row < matrix.rows(); ++row) rows.push_back(json_of(Vector(matrix.row(row))));
  return rows;
}

template <class T>
bool attend(const AttendOptions& options, const AttentionArrays& arrays, double scale, Compute compute,
            AttentionStatistics* statistics) {
  std::optional<NpyWriter<T>> writer;
  if (!options.output.empty()) {
    writer.emplace("--output", options.output, arrays.queries().rows(), arrays.values().columns());
  }
  const auto sink = [&](Index first, const Rows<T>& rows) {
    if (writer) writer->write(first, rows);
  };
  const bool complete =
      attend_arrays<T>(arrays, scale, compute, threads_of(options.work),
                       progress_display(options.work.progress, "queries"), sink, statistics);
  if (complete && writer) writer->publish();
  return complete;
}

int run(const AttendOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const AttentionArrays arrays(NpyReader(options.queries), NpyReader(options.keys),
                               NpyReader(options.values));
  const double scale = options.scale.empty() ? 1 / std::sqrt(static_cast<double>(arrays.keys().columns()))
                                             : parse_number("--scale", options.scale);
  const Compute compute{.target = simd_of(options.work), .deterministic = options.deterministic};
  require_writable({{"--output", options.output}, {"--stats", options.stats}});

  watch_interrupts();
  const bool in_float64 = options.float64 || arrays.is_float64();
  const bool has_statistics = !options.stats.empty() || options.output.empty();
  AttentionStatistics statistics;
  AttentionStatistics* wanted = has_statistics ? &statistics : nullptr;
  const bool complete = in_float64 ? attend<double>(options, arrays, scale, compute, wanted)
                                   : attend<float>(options, arrays, scale, compute, wanted);
  if (!complete) {
    std::fprintf(stderr, "asymptoken: interrupted; nothing was written\n");
    return interrupted_exit_code();
  }
  if (!has_statistics) return 0;

  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const Json stats = {{"queries", arrays.queries().rows()},
                      {"n", arrays.keys().rows()},
                      {"d", arrays.keys().columns()},
                      {"value_dimension", arrays.values().columns()},
                      {"scale", scale},
                      {"log_sum_exp", json_of(statistics.log_sum_exp)},
                      {"participation", json_of(statistics.participation)},
                      {"entropy", json_of(statistics.entropy)},
                      {"mean", json_of(statistics.outputs.mean)},
                      {"covariance", json_of(statistics.outputs.covariance)},
                      {"number_type", in_float64 ? "float64" : "float32"},
                      {"simd", name_of(compute.target)},
                      {"seconds", elapsed.count()},
                      {"peak_memory_bytes", static_cast<std::int64_t>(peak_memory())},
                      {"version", version()}};
  if (options.stats.empty()) {
    write_text("standard output", "-", stats.dump(1) + "\n");
  } else {
    write_text("--stats", options.stats, stats.dump(1) + "\n");
  }
  return 0;
}

}  // namespace

void add_attend_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("attend", "Softmax attention over arrays in .npy files");
  const auto options = std::make_shared<AttendOptions>();
  command->add_option("--queries", options->queries, "One query a row: m x d")
      ->type_name("Q.npy")
      ->required();
  command->add_option("--keys", options->keys, "One key a row: n x d")->type_name("K.npy")->required();
  command->add_option("--values", options->values, "One value a row: n x any")
      ->type_name("V.npy")
      ->required();
  command
      ->add_option("--scale", options->scale,
                   "Logit of query x against key k = scale <x, k>; default: 1/sqrt(d)")
      ->type_name("S");
  command->add_option("--output", options->output, "Write the outputs, one a row")->type_name("O.npy");
  command
      ->add_option("--stats", options->stats,
                   "Write statistics of outputs and weights as JSON; - for standard output")
      ->type_name("FILE");
  command->add_flag("--float64", options->float64, "Compute and write float64, whatever the arrays hold");
  command->add_flag("--deterministic", options->deterministic,
                    "No fused operation: the same bits with every instruction set, and in a browser");
  add_work_options(*command, options->work);
  command->footer(
      "Arrays are little-endian float32 or float64, all three the same, in C order. In memory are keys and "
      "values\n"
      "once and a few blocks of queries: never an n x n array. Statistics: mean and population covariance of "
      "the\n"
      "outputs, and over the queries the least, mean and largest of log-sum-exp, participation (the sum of "
      "squared\n"
      "weights) and entropy (in nats). Without --output and --stats they go to standard output.\n"
      "\n"
      "Example:\n"
      "  asymptoken attend --queries q.npy --keys k.npy --values v.npy --output o.npy --stats stats.json");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace asymptoken::native
