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
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU}) {
    // The system repeats SIGXCPU every second: that is nobody's second wish.
    action.sa_flags = number == SIGXCPU ? SA_RESTART : SA_RESTART | static_cast<int>(SA_RESETHAND);
    struct sigaction before{};
    sigaction(number, nullptr, &before);
    // Under nohup a run outlives its terminal.
    if (number == SIGHUP && before.sa_handler == SIG_IGN) continue;
    sigaction(number, &action, nullptr);
  }
  // A write beyond the limit of a file's size then fails like any other, with a sentence.
  struct sigaction ignored{};
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &ignored, nullptr);
}

int interrupt_signal() { return received_signal.load(); }

}  // namespace asymptoken::native
