#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace asymptoken {

/// Memory that starts at a cache line, so that no vector of numbers lies across two.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  // clang-tidy takes a member of a template for one that is set at run time.
  static constexpr std::size_t alignment = 64;  // NOLINT(bugprone-dynamic-static-initializers)

  CacheLineAllocator() = default;
  template <class U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>& /*other*/) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(alignment)));
  }
  void deallocate(T* numbers, std::size_t /*count*/) {
    ::operator delete(numbers, std::align_val_t(alignment));
  }

  friend bool operator==(CacheLineAllocator /*a*/, CacheLineAllocator /*b*/) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

}  // namespace asymptoken
