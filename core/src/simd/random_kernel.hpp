#pragma once

#include "simd/math.hpp"
#include "simd/philox_kernel.hpp"

// Random numbers made of Philox words, one of each. Never fused: the same bits on every target.

namespace asymptoken::simd {

/// One number for each word of a batch, in the same places.
using PhiloxNumbers = float[4][philox_batch];

/// out[4 i + w] = numbers[w][i].
template <class T, class Arch>
void interleave(const T (&numbers)[4][philox_batch], T* out, std::size_t count) {
  using V = Vector<T, Arch>;
  T rest[4 * V::size];
  for (std::size_t i = 0; i < count; i += V::size) {
    const bool whole = count - i >= V::size;
    T* to = whole ? out + 4 * i : rest;
    const auto at = [&](int w) { return V::load_unaligned(numbers[w] + i); };
    const V even[2] = {xsimd::zip_lo(at(0), at(2)), xsimd::zip_hi(at(0), at(2))};
    const V odd[2] = {xsimd::zip_lo(at(1), at(3)), xsimd::zip_hi(at(1), at(3))};
    for (int half = 0; half < 2; ++half) {
      xsimd::zip_lo(even[half], odd[half]).store_unaligned(to);
      xsimd::zip_hi(even[half], odd[half]).store_unaligned(to + V::size);
      to += 2 * V::size;
    }
    for (std::size_t j = 0; !whole && j < 4 * (count - i); ++j) {
      out[4 * i + j] = rest[j];
    }
  }
}

/// Calls use(words, place, blocks) for all `count` blocks from block `first` on, a batch at a time.
template <class Arch, class Use>
void for_batches(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::size_t count, Use use) {
  const Philox<Arch> philox(seed, stream);
  PhiloxWords words;
  for (std::size_t done = 0; done < count; done += philox_batch) {
    const std::size_t blocks = count - done < philox_batch ? count - done : philox_batch;
    philox.make(first + done, blocks, words);
    use(words, 4 * done, blocks);
  }
}

/// The words themselves.
template <class Arch>
void word_blocks(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::uint32_t* out,
                 std::size_t count) {
  for_batches<Arch>(seed, stream, first, count,
                    [&](const PhiloxWords& words, std::size_t place, std::size_t blocks) {
                      interleave<std::uint32_t, Arch>(words, out + place, blocks);
                    });
}

/// (k + 1/2) / 2^23, k the top 23 bits of a word.
template <class Arch>
void uniform_blocks(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, float* out,
                    std::size_t count) {
  using V = Vector<float, Arch>;
  for_batches<Arch>(
      seed, stream, first, count, [&](const PhiloxWords& words, std::size_t place, std::size_t blocks) {
        PhiloxNumbers numbers;
        for (int w = 0; w < 4; ++w) {
          for (std::size_t i = 0; i < blocks; i += V::size) {
            const auto k = xsimd::bitwise_cast<std::int32_t>(Words<Arch>::load_unaligned(words[w] + i) >> 9);
            ((xsimd::batch_cast<float>(k) + V(0.5F)) * V(0x1p-23F)).store_unaligned(numbers[w] + i);
          }
        }
        interleave<float, Arch>(numbers, out + place, blocks);
      });
}

/// Box-Muller: words a, b give r cos(2 pi b / 2^32), r sin(2 pi b / 2^32) with r = sqrt(-2 ln u),
/// u = (floor(a / 2) + 1/2) / 2^31.
template <class Arch>
void normal_blocks(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, float* out,
                   std::size_t count) {
  using V = Vector<float, Arch>;
  for_batches<Arch>(
      seed, stream, first, count, [&](const PhiloxWords& words, std::size_t place, std::size_t blocks) {
        PhiloxNumbers numbers;
        for (int w = 0; w < 4; w += 2) {
          for (std::size_t i = 0; i < blocks; i += V::size) {
            const auto a = xsimd::bitwise_cast<std::int32_t>(Words<Arch>::load_unaligned(words[w] + i) >> 1);
            const V u = xsimd::batch_cast<float>(a) + V(0.5F);
            const V radius = xsimd::sqrt(log_of_normal<false>(u, V(31.0F)) * V(-2.0F));
            const auto b = xsimd::bitwise_cast<std::int32_t>(Words<Arch>::load_unaligned(words[w + 1] + i));
            const auto [sine, cosine] = sine_cosine_of_turn<false>(b);
            (radius * cosine).store_unaligned(numbers[w] + i);
            (radius * sine).store_unaligned(numbers[w + 1] + i);
          }
        }
        interleave<float, Arch>(numbers, out + place, blocks);
      });
}

/// Sine and cosine of 2 pi turn / 2^32, as above. count: whole batches.
template <class Arch>
void sine_cosine(const std::uint32_t* turns, float* sines, float* cosines, std::size_t count) {
  for (std::size_t i = 0; i < count; i += Words<Arch>::size) {
    const auto turn = xsimd::bitwise_cast<std::int32_t>(Words<Arch>::load_unaligned(turns + i));
    const auto [sine, cosine] = sine_cosine_of_turn<false>(turn);
    sine.store_unaligned(sines + i);
    cosine.store_unaligned(cosines + i);
  }
}

}  // namespace asymptoken::simd
