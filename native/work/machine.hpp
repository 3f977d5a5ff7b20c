#pragma once

namespace asymptoken::native {

/// Threads that this process may run at once.
unsigned hardware_threads();

/// Bytes that work may take: physical memory less a margin for everything else that runs.
double usable_memory();

/// The most memory, in bytes, that this process ever had.
double peak_memory();

}  // namespace asymptoken::native
