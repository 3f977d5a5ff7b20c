#include "asymptoken/random.hpp"

#include <array>
#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstring>
#include <vector>

#include "simd/kernels.hpp"

using namespace asymptoken;

namespace {

using Words = std::array<std::uint32_t, 4>;

/// Philox4x32-10 as the paper writes it.
Words philox(Words counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {
        static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(second),
        static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(first)};
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  return counter;
}

}  // namespace

TEST_CASE("Philox4x32-10 gives the published vectors", "[random]") {
  // Random123, examples/kat_vectors.
  constexpr std::uint32_t ones = 0xffffffff;
  const auto check = [](auto generator) {
    CHECK(generator(Words{0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(generator(Words{ones, ones, ones, ones}, {ones, ones}) ==
          Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(generator(Words{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
  };
  using Key = std::array<std::uint32_t, 2>;
  check([](Words counter, Key key) { return philox(counter, key); });
  for (const SimdTarget target : available_simd_targets()) {
    INFO(name_of(target));
    check([&](Words counter, Key key) { return philox4x32_10(counter, key, target); });
  }
}

TEST_CASE("words of a stream are Philox blocks in order", "[random]") {
  const Stream stream{.seed = 0x0123456789abcdef, .id = 0xfedcba9876543210};
  // Ranges that begin and end inside a block, of more than a batch, over the carry into the upper half of the counter.
  constexpr std::uint64_t carry = std::uint64_t{7} << 34;
  for (const SimdTarget target : available_simd_targets()) {
    for (const std::size_t before : {1003U, 30U, 2U, 0U}) {
      std::vector<std::uint32_t> words(before + 513);
      random_words(stream, carry - before, words, target);
      std::size_t right = 0;
      for (std::size_t i = 0; i < words.size(); ++i) {
        const std::uint64_t word = carry - before + i;
        const Words expected = philox({static_cast<std::uint32_t>(word / 4),
                                       static_cast<std::uint32_t>(word / 4 >> 32), 0x76543210, 0xfedcba98},
                                      {0x89abcdef, 0x01234567});
        right += words[i] == expected[word % 4] ? 1 : 0;
      }
      INFO(name_of(target) << ", " << before << " before the carry");
      CHECK(right == words.size());
    }
  }
}

TEST_CASE("streams of different purposes, points and replicates differ", "[random]") {
  const std::vector<Stream> streams = {
      Stream::of(1, StreamPurpose::tokens),    Stream::of(1, StreamPurpose::queries),
      Stream::of(1, StreamPurpose::tokens, 1), Stream::of(1, StreamPurpose::tokens, 0, 1),
      Stream::of(2, StreamPurpose::tokens),    Stream::of(1, StreamPurpose::weights),
  };
  std::vector<std::uint32_t> seen;
  for (const Stream stream : streams) {
    std::uint32_t word = 0;
    random_words(stream, 0, {&word, 1});
    CHECK(std::ranges::find(seen, word) == seen.end());
    seen.push_back(word);
  }
}

TEST_CASE("uniform variates are exact numbers inside (0, 1)", "[random]") {
  std::vector<float> variates(100003);
  std::vector<std::uint32_t> words(variates.size());
  for (const SimdTarget target : available_simd_targets()) {
    std::vector<float> same(variates.size());
    uniform_variates({3, 4}, 5, same, target);
    uniform_variates({3, 4}, 5, variates);
    CHECK(same == variates);
  }
  random_words({3, 4}, 5, words);
  double sum = 0;
  for (std::size_t i = 0; i < variates.size(); ++i) {
    REQUIRE(static_cast<double>(variates[i]) == ((words[i] >> 9) + 0.5) / 8388608.0);
    sum += static_cast<double>(variates[i]);
  }
  // Mean of uniforms: standard deviation 1/sqrt(12 n); 5 of them fail once in 1.7 million seeds.
  const auto n = static_cast<double>(variates.size());
  CHECK(std::abs(sum / n - 0.5) < 5 / std::sqrt(12 * n));
}

TEST_CASE("normal variates follow Box and Muller", "[random]") {
  // From the core's logarithm, sine and cosine, whose bounds every_float_test.cpp checks.
  constexpr std::uint64_t first = 10;
  constexpr std::size_t pairs = 4096;
  std::vector<float> variates(2 * pairs);
  std::vector<std::uint32_t> words(variates.size());
  std::vector<std::uint32_t> turns(pairs);
  std::vector<float> u(pairs);
  std::vector<float> logarithms(pairs);
  std::vector<float> sines(pairs);
  std::vector<float> cosines(pairs);
  random_words({8, 9}, first, words);
  for (std::size_t i = 0; i < pairs; ++i) {
    u[i] = (static_cast<float>(words[2 * i] / 2) + 0.5F) * 0x1p-31F;
    turns[i] = words[2 * i + 1];
  }
  for (const SimdTarget target : available_simd_targets()) {
    normal_variates({8, 9}, first, variates, target);
    log(u, logarithms, {.target = target, .deterministic = true});
    simd::random_kernels(target).sine_cosine(turns.data(), sines.data(), cosines.data(), pairs);
    std::size_t right = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
      const float radius = std::sqrt(-2 * logarithms[i]);
      right += variates[2 * i] == radius * cosines[i] && variates[2 * i + 1] == radius * sines[i] ? 1 : 0;
    }
    INFO(name_of(target));
    CHECK(right == pairs);
  }
}

TEST_CASE("normal variates have the moments and tails of N(0, 1)", "[random]") {
  constexpr std::size_t n = 1 << 20;
  std::vector<float> variates(n);
  normal_variates(Stream::of(42, StreamPurpose::tokens), 0, variates);
  double moments[5] = {};
  double beyond_three = 0;
  double products = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto z = static_cast<double>(variates[i]);
    double power = 1;
    for (double& moment : moments) {
      moment += power / n;
      power *= z;
    }
    beyond_three += std::abs(z) > 3 ? 1.0 : 0.0;
    products += i + 1 < n ? z * static_cast<double>(variates[i + 1]) : 0.0;
  }
  // Five standard deviations of each average: a right generator fails one check in 1.7 million seeds.
  const double five = 5 / std::sqrt(double{n});
  CHECK(std::abs(moments[1]) < five);
  CHECK(std::abs(moments[2] - 1) < five * std::sqrt(2));
  CHECK(std::abs(moments[3]) < five * std::sqrt(15));
  CHECK(std::abs(moments[4] - 3) < five * std::sqrt(96));
  CHECK(std::abs(products / n) < five);
  constexpr double tail = 0.0026997960632601866;
  CHECK(std::abs(beyond_three / n - tail) < five * std::sqrt(tail));
}

TEST_CASE("any window of a stream can be made alone", "[random]") {
  std::vector<float> whole(200);
  normal_variates({5, 6}, 1, whole);
  for (const std::size_t first : {0U, 1U, 2U, 3U, 4U, 57U}) {
    for (const std::size_t count : {0U, 1U, 2U, 3U, 5U, 64U, 67U, 130U}) {
      std::vector<float> window(count);
      normal_variates({5, 6}, 1 + first, window);
      CHECK(std::equal(window.begin(), window.end(), whole.begin() + static_cast<std::ptrdiff_t>(first)));
    }
  }
}

TEST_CASE("normal variates have the same bits on every target", "[random]") {
  std::vector<float> best(100001);
  normal_variates({11, 12}, 13, best);
  for (const SimdTarget target : available_simd_targets()) {
    std::vector<float> variates(best.size());
    normal_variates({11, 12}, 13, variates, target);
    INFO(name_of(target));
    CHECK(std::memcmp(variates.data(), best.data(), best.size() * sizeof(float)) == 0);
  }
}
