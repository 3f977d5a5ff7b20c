#include "law/choice.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
#include "special/text.hpp"

namespace asymptoken::detail {

std::uint64_t integers_below(double probability) { return static_cast<std::uint64_t>(probability * 0x1p53); }

Vector probabilities_of(const Vector& weights, std::string_view field) {
  double largest = 0.0;
  for (const double weight : weights) {
    if (!(weight >= 0.0) || !std::isfinite(weight)) {
      throw Error(field, text_of(weight), "finite numbers of at least 0");
    }
    largest = std::max(largest, weight);
  }
  if (largest == 0.0) {
    throw Error(field, "0 throughout", "one above 0 at least");
  }
  const Vector scaled = weights / largest;
  return scaled / scaled.sum();
}

Choice::Choice(const Vector& probabilities) {
  const double total = probabilities.sum();
  double sum = 0.0;
  for (const double probability : probabilities) {
    sum += probability;
    ends_.push_back(integers_below(std::min(sum / total, 1.0)));
  }
  // Outcomes of probability 0 after the last possible one begin where all integers end.
  std::ranges::replace(ends_, ends_.back(), integers_below(1.0));
}

Index Choice::operator()(std::uint64_t uniform) const {
  return std::ranges::upper_bound(ends_, uniform) - ends_.begin();
}

}  // namespace asymptoken::detail
