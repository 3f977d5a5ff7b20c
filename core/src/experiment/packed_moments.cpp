#include "experiment/packed_moments.hpp"

#include <algorithm>

namespace asymptoken {

std::size_t packed_size(Index dimension) {
  return static_cast<std::size_t>(dimension + dimension * (dimension + 1) / 2);
}

void pack(const Moments& moments, std::vector<double>& into) {
  const Index d = moments.mean.size();
  into.insert(into.end(), moments.mean.begin(), moments.mean.end());
  for (Index b = 0; b < d; ++b) {
    for (Index a = b; a < d; ++a) {
      into.push_back(moments.covariance(a, b));
    }
  }
}

Moments unpacked(std::span<const double> numbers, Index dimension, std::size_t which) {
  const Index d = dimension;
  const std::span<const double> packed = numbers.subspan(which * packed_size(d), packed_size(d));
  Moments moments{.mean = Vector(d), .covariance = Matrix(d, d)};
  std::copy_n(packed.begin(), d, moments.mean.begin());
  auto next = packed.begin() + d;
  for (Index b = 0; b < d; ++b) {
    for (Index a = b; a < d; ++a) {
      moments.covariance(a, b) = *next;
      moments.covariance(b, a) = *next++;
    }
  }
  return moments;
}

Moments deviation(const Moments& measured, const Moments& limit) {
  return {.mean = measured.mean - limit.mean, .covariance = measured.covariance - limit.covariance};
}

MomentParts::MomentParts(Index dimension)
    : sum_{.mean = Vector::Zero(dimension), .covariance = Matrix::Zero(dimension, dimension)} {}

void MomentParts::add(double share, const Moments& part) {
  sum_.mean += share * part.mean;
  sum_.covariance += share * (part.covariance + part.mean * part.mean.transpose());
}

Moments MomentParts::whole() const {
  return {.mean = sum_.mean, .covariance = sum_.covariance - sum_.mean * sum_.mean.transpose()};
}

}  // namespace asymptoken
