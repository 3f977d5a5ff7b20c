#pragma once

namespace asymptoken::native {

/// From now on a signal that asks for an end (SIGINT, SIGTERM, SIGHUP unless it was ignored, SIGUSR1, SIGUSR2, SIGXCPU) only
/// makes a note, the first time; the second time it ends the process at once.
void watch_interrupts();

/// The signal that came, or 0.
int interrupt_signal();

}  // namespace asymptoken::native
