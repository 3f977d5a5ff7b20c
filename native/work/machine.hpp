#pragma once

#include <string>

namespace asymptoken::native {

/// Threads that this process may run at once.
unsigned hardware_threads();

/// Bytes that work may take: physical memory less a margin for everything else that runs.
double usable_memory();

/// The most memory, in bytes, that this process ever had.
double peak_memory();

/// Such as `22.1 GB`.
std::string bytes_text(double bytes);

}  // namespace asymptoken::native
