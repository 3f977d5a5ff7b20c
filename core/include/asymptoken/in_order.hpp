#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <utility>

namespace asymptoken {

/// Hands on what comes in any order in the order of its index, so that sums do not depend on who was faster.
template <class T>
class InOrder {
 public:
  explicit InOrder(std::function<void(const T&)> take) : take_(std::move(take)) {}

  /// Each index from 0 on comes once.
  void add(std::size_t index, T value) {
    waiting_.emplace(index, std::move(value));
    for (auto next = waiting_.find(taken_); next != waiting_.end(); next = waiting_.find(taken_)) {
      take_(next->second);
      waiting_.erase(next);
      ++taken_;
    }
  }

 private:
  std::function<void(const T&)> take_;
  std::map<std::size_t, T> waiting_;
  std::size_t taken_ = 0;
};

}  // namespace asymptoken
