#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "asymptoken/simd.hpp"
#include "files/spec_source.hpp"
#include "work/run_job.hpp"

namespace asymptoken::native {

// What several commands take, so that it reads and behaves the same in all of them.

/// SPEC, --set and --input.
struct SpecOptions {
  std::string source;
  std::vector<std::string> settings;
  std::vector<std::string> inputs;
};
void add_spec_options(CLI::App& command, SpecOptions& options, bool is_required);
/// Throws Error at the first thing that does not fit.
LoadedSpec load(const SpecOptions& options, SimdTarget target);

/// --threads, --simd and, where there is something to wait for, --progress, as they were typed.
struct WorkOptions {
  std::string threads;
  std::string simd;
  std::string progress = "auto";
};
void add_work_options(CLI::App& command, WorkOptions& options);
/// Of these only --threads and --simd.
void add_compute_options(CLI::App& command, WorkOptions& options);
/// Throws Error when it is not a whole number that makes sense. Empty: all that the machine has.
unsigned threads_of(const WorkOptions& options);
/// Throws Error when this machine lacks the target. Empty: the fastest.
SimdTarget simd_of(const WorkOptions& options);
/// What a job is run with; progress counts `units`, called `unit`.
JobHost host_of(const WorkOptions& options, std::int64_t units, const std::string& unit);

/// Throws Error unless the text is a whole number from `least` to `most`.
std::int64_t parse_integer(const std::string& field, const std::string& text, std::int64_t least,
                           std::int64_t most);
/// Throws Error unless the text is a finite number.
double parse_number(const std::string& field, const std::string& text);

/// A file that a command will write: the option that names it and its path, empty when it is not wanted.
struct Output {
  std::string option;
  std::string path;
};
/// Throws Error when one of them cannot be written, or when two are the same file.
void require_writable(const std::vector<Output>& outputs);

/// What a process that a signal ended is said to return.
int interrupted_exit_code();

}  // namespace asymptoken::native
