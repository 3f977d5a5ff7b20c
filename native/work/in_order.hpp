#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace asymptoken::native {

/// Hands on what threads finish in the order of its index, whatever the order in which it is finished, so that sums do
/// not depend on which thread was faster.
template <class T>
class InOrder {
 public:
  /// `take` is called by one thread at a time.
  explicit InOrder(std::function<void(const T&)> take) : take_(std::move(take)) {}

  /// Each index from 0 on comes once.
  void add(std::size_t index, T value) {
    const std::scoped_lock lock(mutex_);
    waiting_.emplace(index, std::move(value));
    for (auto next = waiting_.find(taken_); next != waiting_.end(); next = waiting_.find(taken_)) {
      take_(next->second);
      waiting_.erase(next);
      ++taken_;
    }
  }

 private:
  std::mutex mutex_;
  std::function<void(const T&)> take_;
  std::map<std::size_t, T> waiting_;
  std::size_t taken_ = 0;
};

}  // namespace asymptoken::native
