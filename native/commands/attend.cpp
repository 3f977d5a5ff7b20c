#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "asymptoken/attention_jobs.hpp"
#include "asymptoken/result.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "files/array_file.hpp"
#include "files/npy.hpp"
#include "files/text.hpp"
#include "work/interrupt.hpp"
#include "work/machine.hpp"
#include "work/run_job.hpp"

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
  std::string log_sum_exp;
  std::string participation;
  std::string entropy;
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

// A column of the items' values, as a file of its own.
struct Column {
  std::string option;
  std::string path;
  Index offset;  ///< after the outputs
  std::optional<NpyWriter> writer = std::nullopt;
};

int run(const AttendOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const ArrayFile queries(options.queries);
  const ArrayFile keys(options.keys);
  const ArrayFile values(options.values);
  const bool in_float64 = options.float64 || queries.layout().type == NumberType::float64;
  const NumberType type = in_float64 ? NumberType::float64 : NumberType::float32;
  std::array<Column, 3> columns = {Column{"--log-sum-exp", options.log_sum_exp, 0},
                                   Column{"--participation", options.participation, 1},
                                   Column{"--entropy", options.entropy, 2}};
  const bool has_columns =
      std::ranges::any_of(columns, [](const Column& column) { return !column.path.empty(); });
  const bool has_statistics = !options.stats.empty() || (options.output.empty() && !has_columns);
  const double scale = options.scale.empty() ? 1 / std::sqrt(static_cast<double>(keys.array().columns()))
                                             : parse_number("--scale", options.scale);
  AttentionJob job(queries.array(), keys.array(), values.array(),
                   {.scale = scale,
                    .precision = type,
                    .deterministic = options.deterministic,
                    .spread = has_statistics || has_columns ? Spread::compute : Spread::skip});
  const Index rows = queries.array().rows();
  JobHost host = host_of(options.work, rows, "queries");
  const SimdTarget simd = host.compute.target;
  std::vector<Output> outputs = {{"--output", options.output}, {"--stats", options.stats}};
  for (const Column& column : columns) outputs.push_back({column.option, column.path});
  require_writable(outputs);
  job.items_that_fit(usable_memory());

  watch_interrupts();
  std::optional<NpyWriter> writer;
  if (!options.output.empty()) writer.emplace("--output", options.output, type, rows, job.value_dimension());
  for (Column& column : columns) {
    if (!column.path.empty()) column.writer.emplace(column.option, column.path, NumberType::float64, rows, 1);
  }
  const auto on_finished = [&](std::size_t item, std::span<const double> numbers) {
    const IndexRange range = job.rows_of(item);
    const Eigen::Map<const Rows<double>> found(numbers.data(), range.size(), job.row_width());
    if (writer) writer->write(range.first, found.leftCols(job.value_dimension()));
    for (Column& column : columns) {
      if (column.writer) column.writer->write(range.first, found.col(job.value_dimension() + column.offset));
    }
  };
  if (!run_job(job, std::move(host), job.size(), on_finished).is_complete) {
    note("interrupted; nothing was written");
    return interrupted_exit_code();
  }
  if (writer) writer->publish();
  for (Column& column : columns) {
    if (column.writer) column.writer->publish();
  }
  if (!has_statistics) return 0;

  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const AttentionStatistics statistics = job.statistics();
  const Json stats = {{"queries", rows},
                      {"n", keys.array().rows()},
                      {"d", keys.array().columns()},
                      {"value_dimension", job.value_dimension()},
                      {"scale", scale},
                      {"log_sum_exp", json_of(statistics.log_sum_exp)},
                      {"participation", json_of(statistics.participation)},
                      {"entropy", json_of(statistics.entropy)},
                      {"mean", json_of(statistics.outputs.mean)},
                      {"covariance", json_of(statistics.outputs.covariance)},
                      {"number_type", name_of(type)},
                      {"simd", name_of(simd)},
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
  const auto add_column = [&](const char* name, std::string& path, const char* what) {
    command->add_option(name, path, what)->type_name("FILE.npy");
  };
  add_column("--log-sum-exp", options->log_sum_exp, "Write log sum_j e^{logit_j} of each query, float64");
  add_column("--participation", options->participation,
             "Write sum_j p_j^2 of each query: 1 over its effective number of keys");
  add_column("--entropy", options->entropy, "Write the entropy of each query's weights, in nats");
  command->add_flag("--float64", options->float64, "Compute and write float64, whatever the arrays hold");
  command->add_flag("--deterministic", options->deterministic,
                    "No fused operation: the same bits with every instruction set, and in a browser");
  add_work_options(*command, options->work);
  command->footer(
      "Arrays are little-endian float32 or float64, all three the same, in any order. In memory are keys and "
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
