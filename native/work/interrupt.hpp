#pragma once

namespace asymptoken::native {

/// From now on SIGINT and SIGTERM only make a note, the first time; the second time they end the process at once.
void watch_interrupts();

/// The signal that came, or 0.
int interrupt_signal();

}  // namespace asymptoken::native
