#include "asymptoken/random.hpp"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <cstring>
#include <vector>

using namespace asymptoken;

TEST_CASE("Philox4x32-10 gives the published vectors", "[random]") {
  // Random123, examples/kat_vectors.
  using Words = std::array<std::uint32_t, 4>;
  CHECK(philox4x32_10({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(philox4x32_10({ones, ones, ones, ones}, {ones, ones}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("words of a stream are Philox blocks in order", "[random]") {
  const Stream stream{.seed = 0x0123456789abcdef, .id = 0xfedcba9876543210};
  constexpr std::uint64_t first = (std::uint64_t{7} << 32) * 4 + 6;
  std::vector<std::uint32_t> words(9);
  random_words(stream, first, words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t block = (first + i) / 4;
    const auto expected = philox4x32_10(
        {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 0x76543210, 0xfedcba98},
        {0x89abcdef, 0x01234567});
    CHECK(words[i] == expected[(first + i) % 4]);
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
  uniform_variates({3, 4}, 5, variates);
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
  constexpr std::uint64_t first = 10;
  std::vector<float> variates(4096);
  std::vector<std::uint32_t> words(variates.size());
  normal_variates({8, 9}, first, variates);
  random_words({8, 9}, first, words);
  double worst = 0;
  for (std::size_t i = 0; i < variates.size(); i += 2) {
    const double u = (std::floor(words[i] / 2.0) + 0.5) / 2147483648.0;
    const double angle = 2 * 3.14159265358979323846 * words[i + 1] / 4294967296.0;
    const double radius = std::sqrt(-2 * std::log(u));
    worst = std::max({worst, std::abs(static_cast<double>(variates[i]) - radius * std::cos(angle)),
                      std::abs(static_cast<double>(variates[i + 1]) - radius * std::sin(angle))});
  }
  // u is rounded to float: near u = 1 that moves sqrt(-2 ln u) by up to 2^-24 / r, at small r by sqrt(2^-24).
  CHECK(worst < 2.5e-4);
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
