#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// How many of the 2^53 uniform integers lie below a probability.
std::uint64_t integers_below(double probability);

/// The weights divided by their sum. Throws Error naming `field` unless they are finite, >= 0 and not all 0.
Vector probabilities_of(const Vector& weights, std::string_view field);

/// One of finitely many outcomes by inverting the distribution function, in integers: the same everywhere. Probabilities
/// are rounded to multiples of 2^-53; what has probability 0 never happens.
class Choice {
 public:
  explicit Choice(const Vector& probabilities);

  /// The outcome for a uniform integer below 2^53.
  Index operator()(std::uint64_t uniform) const;

 private:
  std::vector<std::uint64_t> ends_;  ///< outcome j happens from ends_[j-1] on, below ends_[j]
};

}  // namespace asymptoken::detail
