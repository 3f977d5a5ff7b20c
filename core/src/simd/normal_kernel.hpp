#pragma once

#include "random/philox.hpp"
#include "simd/math.hpp"

namespace asymptoken::simd {

/// Box-Muller on Philox words: words a, b of a block give r cos(2 pi b / 2^32), r sin(2 pi b / 2^32) with
/// r = sqrt(-2 ln u), u = (floor(a / 2) + 1/2) / 2^31. Never fused: the same bits on every target.
template <class Arch>
void normal_blocks(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, float* out,
                   std::size_t count) {
  using V = Vector<float, Arch>;
  using B = Vector<std::int32_t, Arch>;
  constexpr std::size_t batch = 16;  // a multiple of every target's lanes
  std::int32_t words[4][batch];
  float variates[4][batch];
  for (std::size_t done = 0; done < count; done += batch) {
    for (std::size_t i = 0; i < batch; ++i) {
      const std::uint64_t block = first + done + i;
      std::uint32_t c[4] = {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
                            static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)};
      philox_block(c, static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32));
      words[0][i] = static_cast<std::int32_t>(c[0] >> 1);
      words[1][i] = static_cast<std::int32_t>(c[1]);
      words[2][i] = static_cast<std::int32_t>(c[2] >> 1);
      words[3][i] = static_cast<std::int32_t>(c[3]);
    }
    for (std::size_t pair = 0; pair < 4; pair += 2) {
      for (std::size_t i = 0; i < batch; i += V::size) {
        const V u = (xsimd::batch_cast<float>(B::load_unaligned(words[pair] + i)) + V(0.5F)) * V(0x1p-31F);
        const V radius = xsimd::sqrt(log<false>(u) * V(-2.0F));
        const auto [sine, cosine] = sine_cosine_of_turn<false>(B::load_unaligned(words[pair + 1] + i));
        (radius * cosine).store_unaligned(variates[pair] + i);
        (radius * sine).store_unaligned(variates[pair + 1] + i);
      }
    }
    const std::size_t rest = count - done < batch ? count - done : batch;
    for (std::size_t i = 0; i < rest; ++i) {
      for (std::size_t w = 0; w < 4; ++w) {
        out[4 * (done + i) + w] = variates[w][i];
      }
    }
  }
}

}  // namespace asymptoken::simd
