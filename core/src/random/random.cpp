#include "asymptoken/random.hpp"

#include <algorithm>

#include "random/philox.hpp"
#include "simd/kernels.hpp"

namespace asymptoken {

namespace {

constexpr std::size_t words_per_block = 4;

std::array<std::uint32_t, words_per_block> block_of(Stream stream, std::uint64_t block) {
  return philox4x32_10(
      {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
       static_cast<std::uint32_t>(stream.id), static_cast<std::uint32_t>(stream.id >> 32)},
      {static_cast<std::uint32_t>(stream.seed), static_cast<std::uint32_t>(stream.seed >> 32)});
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key) {
  std::uint32_t words[words_per_block] = {counter[0], counter[1], counter[2], counter[3]};
  philox_block(words, key[0], key[1]);
  return {words[0], words[1], words[2], words[3]};
}

void random_words(Stream stream, std::uint64_t first, std::span<std::uint32_t> out) {
  std::array<std::uint32_t, words_per_block> words{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint64_t word = first + i;
    if (i == 0 || word % words_per_block == 0) {
      words = block_of(stream, word / words_per_block);
    }
    out[i] = words[word % words_per_block];
  }
}

void uniform_variates(Stream stream, std::uint64_t first, std::span<float> out) {
  std::array<std::uint32_t, words_per_block> words{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint64_t word = first + i;
    if (i == 0 || word % words_per_block == 0) {
      words = block_of(stream, word / words_per_block);
    }
    out[i] = (static_cast<float>(words[word % words_per_block] >> 9) + 0.5F) * 0x1p-23F;
  }
}

void normal_variates(Stream stream, std::uint64_t first, std::span<float> out, SimdTarget target) {
  const simd::NormalBlocks fill = simd::normal_blocks(target);
  std::array<float, words_per_block> block{};
  std::size_t done = 0;
  // The blocks at either end may belong to the range in part only.
  const auto copy_part = [&](std::size_t from) {
    fill(stream.seed, stream.id, (first + done) / words_per_block, block.data(), 1);
    const std::size_t count = std::min(words_per_block - from, out.size() - done);
    std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(from), count,
                out.begin() + static_cast<std::ptrdiff_t>(done));
    done += count;
  };
  if (first % words_per_block != 0 && !out.empty()) {
    copy_part(first % words_per_block);
  }
  const std::size_t whole = (out.size() - done) / words_per_block;
  fill(stream.seed, stream.id, (first + done) / words_per_block, out.data() + done, whole);
  done += whole * words_per_block;
  if (done < out.size()) {
    copy_part(0);
  }
}

}  // namespace asymptoken
