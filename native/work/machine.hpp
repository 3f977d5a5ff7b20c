#pragma once

namespace asymptoken::native {

/// Threads that this process may run at once: cores of the machine, of them those that it may use, and no more than a quota on
/// computing keeps busy.
unsigned hardware_threads();

/// Bytes that work may take: physical memory less a margin for everything else that runs, or what a container or a limit of this
/// process leaves, whichever is less.
double usable_memory();

/// The most memory, in bytes, that this process ever had.
double peak_memory();

}  // namespace asymptoken::native
