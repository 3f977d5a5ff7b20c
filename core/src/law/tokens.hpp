#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "asymptoken/law.hpp"

namespace asymptoken::detail {

/// Makes tokens first, first+1, ... from `width` random numbers each: fill(i, span) writes the numbers i,
/// i+1, ... of a sequence, and make(v, y) is called, token after token, with the numbers j width .. j width + width-1
/// and room for token j.
template <class Number, class Fill, class Make>
void tokens_from(Fill fill, Index width, std::uint64_t first, Eigen::Ref<Rows<float>> out, Make make) {
  constexpr Index numbers_at_once = 16384;
  const Index rows_at_once = std::max<Index>(1, numbers_at_once / width);
  std::vector<Number> numbers(static_cast<std::size_t>(std::min(rows_at_once, out.rows()) * width));
  for (Index start = 0; start < out.rows(); start += rows_at_once) {
    const Index rows = std::min(rows_at_once, out.rows() - start);
    const std::uint64_t token = first + static_cast<std::uint64_t>(start);
    fill(token * static_cast<std::uint64_t>(width),
         std::span(numbers.data(), static_cast<std::size_t>(rows * width)));
    for (Index row = 0; row < rows; ++row) {
      make(numbers.data() + row * width, out.row(start + row).data());
    }
  }
}

/// From as many standard normal variates as a token has numbers.
template <class Make>
void tokens_from_normals(Stream stream, std::uint64_t first, Eigen::Ref<Rows<float>> out, SimdTarget target,
                         Make make) {
  tokens_from<float>([=](std::uint64_t i, std::span<float> z) { normal_variates(stream, i, z, target); },
                     out.cols(), first, out, make);
}

/// Integers first, first+1, ... of the stream, uniform below 2^53: two words make one.
inline void uniform_integers(Stream stream, std::uint64_t first, std::span<std::uint64_t> out,
                             SimdTarget target) {
  std::vector<std::uint32_t> words(2 * out.size());
  random_words(stream, 2 * first, words, target);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = ((std::uint64_t{words[2 * i]} << 32) | words[2 * i + 1]) >> 11;
  }
}

/// From `width` such integers each.
template <class Make>
void tokens_from_integers(Stream stream, Index width, std::uint64_t first, Eigen::Ref<Rows<float>> out,
                          SimdTarget target, Make make) {
  tokens_from<std::uint64_t>(
      [=](std::uint64_t i, std::span<std::uint64_t> u) { uniform_integers(stream, i, u, target); }, width,
      first, out, make);
}

}  // namespace asymptoken::detail
