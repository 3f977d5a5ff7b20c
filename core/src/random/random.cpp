#include "asymptoken/random.hpp"

#include <algorithm>

#include "simd/kernels.hpp"

namespace asymptoken {

namespace {

constexpr std::size_t words_per_block = 4;

/// Numbers first, first+1, ... of what `fill` makes of the stream's blocks.
template <class T>
void fill_range(simd::FillBlocks<T> fill, Stream stream, std::uint64_t first, std::span<T> out) {
  std::array<T, words_per_block> block{};
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

std::uint64_t join(std::uint32_t low, std::uint32_t high) { return (std::uint64_t{high} << 32) | low; }

}  // namespace

std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key, SimdTarget target) {
  std::array<std::uint32_t, words_per_block> words{};
  simd::random_kernels(target).words(join(key[0], key[1]), join(counter[2], counter[3]),
                                     join(counter[0], counter[1]), words.data(), 1);
  return words;
}

void random_words(Stream stream, std::uint64_t first, std::span<std::uint32_t> out, SimdTarget target) {
  fill_range(simd::random_kernels(target).words, stream, first, out);
}

void uniform_variates(Stream stream, std::uint64_t first, std::span<float> out, SimdTarget target) {
  fill_range(simd::random_kernels(target).uniforms, stream, first, out);
}

void normal_variates(Stream stream, std::uint64_t first, std::span<float> out, SimdTarget target) {
  fill_range(simd::random_kernels(target).normals, stream, first, out);
}

}  // namespace asymptoken
