#include "work/parallel.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace asymptoken::native {

bool run_parallel(std::size_t count, unsigned threads,
                  const std::function<void(std::size_t, const std::atomic<bool>&)>& work,
                  const std::function<bool()>& keep_going) {
  // How long an interrupt or the progress waits at most.
  constexpr std::chrono::milliseconds glance{50};

  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::condition_variable finished;
  std::exception_ptr failure;
  const auto workers = static_cast<unsigned>(std::min<std::size_t>(threads, count));
  unsigned running = workers;

  const auto serve = [&] {
    try {
      while (!stop) {
        const std::size_t index = next++;
        if (index >= count) break;
        work(index, stop);
      }
    } catch (...) {
      const std::scoped_lock lock(mutex);
      if (!failure) failure = std::current_exception();
      stop = true;
    }
    const std::scoped_lock lock(mutex);
    --running;
    finished.notify_one();
  };

  std::vector<std::jthread> pool;
  pool.reserve(workers);
  for (unsigned worker = 0; worker < workers; ++worker) pool.emplace_back(serve);

  std::unique_lock lock(mutex);
  while (!finished.wait_for(lock, glance, [&] { return running == 0; })) {
    lock.unlock();
    if (!keep_going()) stop = true;
    lock.lock();
  }
  lock.unlock();
  pool.clear();
  if (failure) std::rethrow_exception(failure);
  return !stop;
}

}  // namespace asymptoken::native
