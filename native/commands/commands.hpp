#pragma once

#include <CLI/App.hpp>

namespace asymptoken::native {

// Each adds one command to the application. Parsing a command line that names it runs it and sets `exit_code`.

void add_spec_command(CLI::App& app, int& exit_code);
void add_run_command(CLI::App& app, int& exit_code);
void add_show_command(CLI::App& app, int& exit_code);
void add_limit_command(CLI::App& app, int& exit_code);
void add_attend_command(CLI::App& app, int& exit_code);
void add_weights_command(CLI::App& app, int& exit_code);
void add_tokens_command(CLI::App& app, int& exit_code);
void add_bench_command(CLI::App& app, int& exit_code);

}  // namespace asymptoken::native
