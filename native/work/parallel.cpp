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
                  const std::function<bool()>& keep_going, const std::function<void(unsigned)>& on_fewer) {
  // How long an interrupt or the progress waits at most.
  constexpr std::chrono::milliseconds glance{50};

  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::condition_variable finished;
  std::exception_ptr failure;
  const auto workers = static_cast<unsigned>(std::min<std::size_t>(threads, count));
  unsigned running = workers;

  // `after_each` is for a thread that is alone.
  const auto serve = [&](const std::function<void()>& after_each) {
    try {
      while (!stop) {
        const std::size_t index = next++;
        if (index >= count) break;
        work(index, stop);
        if (after_each) after_each();
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
  try {
    while (pool.size() < workers) pool.emplace_back(serve, nullptr);
  } catch (const std::exception&) {
    // A limit on processes (std::system_error) or on memory (std::bad_alloc): those there are take the items of all.
    const auto started = static_cast<unsigned>(pool.size());
    {
      const std::scoped_lock lock(mutex);
      running -= workers - std::max(started, 1U);
    }
    if (on_fewer) on_fewer(started);
    if (started == 0) {
      serve([&] {
        if (!keep_going()) stop = true;
      });
    }
  }

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
