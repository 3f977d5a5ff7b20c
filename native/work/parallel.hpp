#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace asymptoken::native {

/// Calls work(i, stop) for i = 0 .. count-1, each once, from `threads` threads that take the next i when they are
/// free. Work looks at `stop` often and returns early when it is set.
///
/// Meanwhile the calling thread calls keep_going() several times a second; false sets `stop`. So does an exception
/// in work, the first of which is thrown again here. Returns whether everything was done.
///
/// Where the system refuses a thread, those that it gave do all the work, and on_fewer hears how many they are: with none
/// the calling thread works itself.
bool run_parallel(std::size_t count, unsigned threads,
                  const std::function<void(std::size_t, const std::atomic<bool>&)>& work,
                  const std::function<bool()>& keep_going,
                  const std::function<void(unsigned)>& on_fewer = {});

}  // namespace asymptoken::native
