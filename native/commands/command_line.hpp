#pragma once

namespace asymptoken::native {

enum class ExitCode : int { ok = 0, internal = 1, bad_input = 2 };

/// Reads the command line and does what it says. Returns the exit code; throws Error for anything that does not fit.
int run_command_line(int count, const char* const* arguments);

}  // namespace asymptoken::native
