#pragma once

#include <cstdint>

namespace asymptoken {

/// An index below `count` <= 2^31 from a random word; the probabilities of two indices differ by less than 2^-32.
template <class Integer>
Integer uniform_index(std::uint32_t word, Integer count) {
  return static_cast<Integer>((std::uint64_t{word} * static_cast<std::uint64_t>(count)) >> 32);
}

}  // namespace asymptoken
