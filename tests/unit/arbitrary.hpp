#pragma once

#include <Eigen/QR>
#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
#include "asymptoken/matrix.hpp"
#include "asymptoken/random.hpp"

// What several tests make: matrices of no particular shape, and the sentence of an error.

namespace asymptoken {

/// Entries in (-1/2, 1/2) that look random.
inline Matrix arbitrary(Index rows, Index columns, std::uint64_t seed) {
  Rows<float> numbers(rows, columns);
  uniform_variates({.seed = seed, .id = 0}, 0, {numbers.data(), static_cast<std::size_t>(numbers.size())});
  return numbers.cast<double>().array() - 0.5;
}

inline Matrix rotation(Index d, std::uint64_t seed) {
  return arbitrary(d, d, seed).householderQr().householderQ();
}

inline Matrix arbitrary_covariance(Index d, std::uint64_t seed) {
  const Matrix root = arbitrary(d, d, seed);
  return root * root.transpose() + 0.1 * Matrix::Identity(d, d);
}

inline double relative(double actual, double expected) {
  return std::abs(actual - expected) / std::abs(expected);
}

inline std::string sentence(auto make) {
  try {
    make();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace asymptoken
