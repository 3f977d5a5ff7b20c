#include "work/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace asymptoken::native {

namespace {

// A signal handler can reach nothing but a global; it is the only one there is.
std::atomic<int> received_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may only touch what is lock-free");

extern "C" void note_signal(int number) { received_signal.store(number); }

}  // namespace

void watch_interrupts() {
  struct sigaction action{};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int interrupt_signal() { return received_signal.load(); }

}  // namespace asymptoken::native
