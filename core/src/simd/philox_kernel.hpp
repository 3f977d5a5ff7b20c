#pragma once

#include <cstddef>
#include <utility>

#include "simd/vector.hpp"

// Philox4x32-10, a block in each lane.

namespace asymptoken::simd {

template <class Arch>
using Words = Vector<std::uint32_t, Arch>;

#ifdef __SSE2__
/// The 64-bit products of the even 32-bit lanes. `static`: no copy may serve for another instruction set.
static inline __m128i multiply_even(__m128i a, __m128i b) { return _mm_mul_epu32(a, b); }
#ifdef __AVX2__
static inline __m256i multiply_even(__m256i a, __m256i b) { return _mm256_mul_epu32(a, b); }
#endif
#ifdef __AVX512F__
static inline __m512i multiply_even(__m512i a, __m512i b) { return _mm512_mul_epu32(a, b); }
#endif

struct IsEven {
  static constexpr bool get(unsigned lane, unsigned /*lanes*/) { return lane % 2 == 0; }
};
#endif

/// The upper and the lower halves of the 64-bit products a b, for which xsimd has no name.
template <class Arch>
inline std::pair<Words<Arch>, Words<Arch>> wide_product(Words<Arch> a, Words<Arch> b) {
#if defined(__SSE2__)
  using Wide = Vector<std::uint64_t, Arch>;
  constexpr auto is_even = xsimd::make_batch_bool_constant<std::uint32_t, Arch, IsEven>();
  const auto words = [](Wide wide) { return xsimd::bitwise_cast<std::uint32_t>(wide); };
  const Wide even = multiply_even(a, b);
  const Wide odd = multiply_even(words(xsimd::bitwise_cast<std::uint64_t>(a) >> 32), b);
  return {xsimd::select(is_even, words(even >> 32), words(odd)),
          xsimd::select(is_even, words(even), words(odd << 32))};
#elif defined(__wasm_simd128__)
  const v128_t first = wasm_u64x2_extmul_low_u32x4(a, b);
  const v128_t last = wasm_u64x2_extmul_high_u32x4(a, b);
  return {wasm_i32x4_shuffle(first, last, 1, 3, 5, 7), wasm_i32x4_shuffle(first, last, 0, 2, 4, 6)};
#else
  const uint32x4_t first = vreinterpretq_u32_u64(vmull_u32(vget_low_u32(a), vget_low_u32(b)));
  const uint32x4_t last = vreinterpretq_u32_u64(vmull_high_u32(a, b));
  return {vuzp2q_u32(first, last), vuzp1q_u32(first, last)};
#endif
}

/// Blocks that are made at once: what is made of their words stays in the first-level cache.
inline constexpr std::size_t philox_batch = 64;

/// Word w of each block.
using PhiloxWords = std::uint32_t[4][philox_batch];

/// The blocks of one stream.
template <class Arch>
class Philox {
  using B = Words<Arch>;
  static constexpr std::size_t lanes = B::size;
  static constexpr std::uint32_t rounds = 10;

 public:
  Philox(std::uint64_t seed, std::uint64_t stream)
      : stream_{B(static_cast<std::uint32_t>(stream)), B(static_cast<std::uint32_t>(stream >> 32))} {
    for (std::uint32_t round = 0; round < rounds; ++round) {
      keys_[round][0] = static_cast<std::uint32_t>(seed) + round * 0x9E3779B9;
      keys_[round][1] = static_cast<std::uint32_t>(seed >> 32) + round * 0xBB67AE85;
    }
    std::uint32_t numbers[lanes];
    for (std::uint32_t i = 0; i < lanes; ++i) {
      numbers[i] = i;
    }
    lane_ = B::load_unaligned(numbers);
  }

  /// The words of at least `count` blocks from block `first` on.
  void make(std::uint64_t first, std::size_t count, PhiloxWords& words) const {
    // Two vectors at a time: while one waits for its product the other moves on.
    constexpr std::size_t vectors = 2;
    for (std::size_t i = 0; i < count; i += vectors * lanes) {
      B c[vectors][4];
      for (std::size_t v = 0; v < vectors; ++v) {
        count_from(first + i + v * lanes, c[v]);
      }
#pragma GCC unroll 10
      for (const auto& key : keys_) {
        for (auto& block : c) {
          apply_round(key, block);
        }
      }
      for (std::size_t v = 0; v < vectors; ++v) {
        for (std::size_t w = 0; w < 4; ++w) {
          c[v][w].store_unaligned(words[w] + i + v * lanes);
        }
      }
    }
  }

 private:
  void count_from(std::uint64_t block, B (&c)[4]) const {
    const B high(static_cast<std::uint32_t>(block >> 32));
    c[0] = B(static_cast<std::uint32_t>(block)) + lane_;
    // c[0] < lane_ as numbers without sign: the carry.
    const auto ordered = [](B words) { return xsimd::bitwise_cast<std::int32_t>(words ^ B(0x80000000)); };
    const auto carry = xsimd::batch_bool_cast<std::uint32_t>(ordered(c[0]) < ordered(lane_));
    c[1] = xsimd::select(carry, high + B(1), high);
    c[2] = stream_[0];
    c[3] = stream_[1];
  }

  static void apply_round(const std::uint32_t (&key)[2], B (&c)[4]) {
    const auto [high0, low0] = wide_product<Arch>(c[0], B(0xD2511F53));
    const auto [high1, low1] = wide_product<Arch>(c[2], B(0xCD9E8D57));
    c[0] = high1 ^ c[1] ^ B(key[0]);
    c[1] = low1;
    c[2] = high0 ^ c[3] ^ B(key[1]);
    c[3] = low0;
  }

  std::uint32_t keys_[rounds][2] = {};
  B stream_[2];
  B lane_;
};

}  // namespace asymptoken::simd
