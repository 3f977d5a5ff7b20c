#include "commands/options.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "asymptoken/error.hpp"
#include "files/text.hpp"
#include "work/interrupt.hpp"
#include "work/machine.hpp"

namespace asymptoken::native {

void add_spec_options(CLI::App& command, SpecOptions& options, bool is_required) {
  command
      .add_option("SPEC", options.source,
                  "A file with a spec in JSON, - for standard input, or a built-in name")
      ->required(is_required)
      ->type_name("");
  command
      .add_option("--set", options.settings,
                  "PATH=VALUE: change the spec before use; may be repeated.\n"
                  "As in --set law.dimension=5 or --set tokens=[100,1000]")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--input", options.inputs,
                  "NAME=FILE: an array (.npy) that the spec asks for by {\"input\": \"NAME\"};\n"
                  "may be repeated")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
}

LoadedSpec load(const SpecOptions& options, SimdTarget target) {
  return read_spec(options.source, options.settings, options.inputs, target);
}

void add_compute_options(CLI::App& command, WorkOptions& options) {
  command.add_option("--threads", options.threads, "How many threads compute; default: all of this machine")
      ->type_name("N");
  command
      .add_option("--simd", options.simd,
                  "Instruction set to compute with; default: the fastest of this machine")
      ->type_name("TARGET");
}

void add_work_options(CLI::App& command, WorkOptions& options) {
  add_compute_options(command, options);
  command
      .add_option("--progress", options.progress,
                  "auto: a bar on a terminal, else nothing (default);\n"
                  "json: lines of JSON on standard error; none")
      ->type_name("MODE");
}

unsigned threads_of(const WorkOptions& options) {
  if (options.threads.empty()) return hardware_threads();
  return static_cast<unsigned>(parse_integer("--threads", options.threads, 1, 4096));
}

SimdTarget simd_of(const WorkOptions& options) {
  return options.simd.empty() ? available_simd_targets().front() : simd_target_named(options.simd);
}

JobHost host_of(const WorkOptions& options, std::int64_t units, const std::string& unit) {
  return {.compute = {.target = simd_of(options)},
          .threads = threads_of(options),
          .display = progress_display(options.progress, unit),
          .units = units};
}

std::int64_t parse_integer(const std::string& field, const std::string& text, std::int64_t least,
                           std::int64_t most) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc() || rest != end || number < least || number > most) {
    throw Error(field, text, "an integer from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

double parse_number(const std::string& field, const std::string& text) {
  char* rest = nullptr;
  const double number = std::strtod(text.c_str(), &rest);
  if (text.empty() || *rest != '\0' || !std::isfinite(number)) throw Error(field, text, "a finite number");
  return number;
}

void require_writable(const std::vector<Output>& outputs) {
  std::set<std::filesystem::path> seen;
  for (const Output& output : outputs) {
    if (output.path.empty()) continue;
    require_writable(output.option, output.path);
    std::error_code ignored;
    const auto absolute = std::filesystem::absolute(output.path, ignored);
    if (!seen.insert(std::filesystem::weakly_canonical(absolute, ignored)).second) {
      throw Error(output.option, output.path, "a file that no other option names");
    }
  }
}

int interrupted_exit_code() { return 128 + interrupt_signal(); }

}  // namespace asymptoken::native
