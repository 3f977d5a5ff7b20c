#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "asymptoken/simd.hpp"

namespace asymptoken {

/// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
/// A pure function: the same counter and key give the same four words everywhere.
std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key,
                                           SimdTarget target = available_simd_targets().front());

/// What a stream of random numbers is for. Streams with different purposes never overlap.
enum class StreamPurpose : std::uint8_t {
  tokens = 1,
  queries = 2,
  weights = 3,
  reference = 4,
  resamples = 5,
  starts = 6,
  draws = 7,
  random_keys = 8
};

/// One endless sequence of random numbers that can be read from any index on.
///
/// Word w of the sequence is word w % 4 of philox4x32_10 at counter (w/4 low, w/4 high, id low, id high),
/// keyed by the seed. Nothing is sequential, so any worker can make any part of any stream.
struct Stream {
  std::uint64_t seed = 0;
  std::uint64_t id = 0;

  /// The stream of a seed for one purpose; `replicate` and `point` (an n of a curve) tell items apart.
  static constexpr Stream of(std::uint64_t seed, StreamPurpose purpose, std::uint32_t replicate = 0,
                             std::uint32_t point = 0) {
    return {seed, (static_cast<std::uint64_t>(purpose) << 56) | (static_cast<std::uint64_t>(point) << 32) |
                      replicate};
  }
};

// The same bits on every target, whichever makes them.

/// Words first, first+1, ... of the stream.
void random_words(Stream stream, std::uint64_t first, std::span<std::uint32_t> out,
                  SimdTarget target = available_simd_targets().front());

/// Uniform variates (k + 1/2) / 2^23 in (0, 1), k the top 23 bits of a word: exact, symmetric about 1/2. One
/// word a variate.
void uniform_variates(Stream stream, std::uint64_t first, std::span<float> out,
                      SimdTarget target = available_simd_targets().front());

/// Standard normal variates by the Box-Muller transform. Words 2k and 2k+1, a and b, give variates 2k and
/// 2k+1, r cos(2 pi b / 2^32) and r sin(2 pi b / 2^32), for r^2 = -2 ln u and u = (floor(a/2) + 1/2) / 2^31.
/// For every word r^2 is within 1.7e-7 (1 + r^2) of its true value, and sine and cosine within 1.25e-7; |z| < 6.67;
/// the distribution function is within 1e-7 of the normal one.
void normal_variates(Stream stream, std::uint64_t first, std::span<float> out,
                     SimdTarget target = available_simd_targets().front());

}  // namespace asymptoken
