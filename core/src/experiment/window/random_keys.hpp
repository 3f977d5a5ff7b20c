#pragma once

#include <cstdint>
#include <vector>

#include "asymptoken/matrix.hpp"
#include "asymptoken/random.hpp"
#include "random/uniform_index.hpp"

namespace asymptoken {

/// Different tokens of a context, drawn at random outside a window. A query's draws depend on (stream, query) alone.
class RandomKeys {
 public:
  /// Up to `most` keys for each query.
  RandomKeys(Stream stream, Index context, Index most, SimdTarget target = available_simd_targets().front())
      : stream_(stream),
        target_(target),
        context_(context),
        words_(static_cast<std::size_t>(most)),
        taken_(static_cast<std::size_t>(context), 0) {}

  /// Adds `count` different keys outside first .. last-1, each set of that size with the same probability. There must be
  /// that many.
  void append(Index query, Index first, Index last, Index count, std::vector<Index>& keys) {
    random_words(stream_, static_cast<std::uint64_t>(query) * words_.size(), words_, target_);
    const Index outside = context_ - (last - first);
    const std::size_t before = keys.size();
    // R. W. Floyd's sampling without replacement: one word a key, no rejection.
    for (Index i = 0; i < count; ++i) {
      const Index newest = outside - count + i;
      const Index drawn = uniform_index(words_[static_cast<std::size_t>(i)], newest + 1);
      const Index key = taken_[static_cast<std::size_t>(drawn)] != 0 ? newest : drawn;
      taken_[static_cast<std::size_t>(key)] = 1;
      keys.push_back(key);
    }
    for (std::size_t i = before; i < keys.size(); ++i) {
      taken_[static_cast<std::size_t>(keys[i])] = 0;
      keys[i] += keys[i] < first ? 0 : last - first;
    }
  }

 private:
  Stream stream_;
  SimdTarget target_;
  Index context_;
  std::vector<std::uint32_t> words_;
  std::vector<char> taken_;
};

}  // namespace asymptoken
