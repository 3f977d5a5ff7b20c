#include "report/axis.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "report/numbers.hpp"

namespace asymptoken::native {

namespace {

// The share of the axis that stays free at each end.
constexpr double margin = 0.05;

// Decimal notation is easier to read than powers as long as there are few zeros.
constexpr int smallest_plain_exponent = -3;
constexpr int largest_plain_exponent = 5;

constexpr std::string_view minus = "\u2212";
constexpr std::string_view times = "\u00d7";
constexpr std::string_view thin_space = "\u2009";

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() <= 4) return digits;
  for (std::size_t place = digits.size() - 3; place > 0 && place < digits.size();
       place -= std::min<std::size_t>(3, place)) {
    digits.insert(place, thin_space);
  }
  return digits;
}

std::string plain(int mantissa, int exponent) {
  if (exponent < 0) return fixed(mantissa * std::pow(10.0, exponent), -exponent);
  return grouped(std::llround(mantissa * std::pow(10.0, exponent)));
}

std::string power(int mantissa, int exponent) {
  std::string markup = mantissa == 1 ? "" : std::to_string(mantissa) + std::string(times);
  markup += "10<tspan dy='-4' font-size='8'>";
  if (exponent < 0) markup += minus;
  return markup + std::to_string(std::abs(exponent)) + "</tspan>";
}

}  // namespace

Axis::Axis(Scale scale, double low, double high, double start, double end)
    : scale_(scale), low_(low), high_(high), start_(start), end_(end) {
  if (scale_ == Scale::linear) {
    const double room = high > low ? margin * (high - low) : 1;
    high_ += room;
    return;
  }
  // A single value gets a decade around it.
  const double room = high > low ? std::pow(high / low, margin) : std::sqrt(10.0);
  low_ /= room;
  high_ *= room;
}

double Axis::position(double value) const {
  const double part = scale_ == Scale::linear ? (value - low_) / (high_ - low_)
                                              : std::log(value / low_) / std::log(high_ / low_);
  return start_ + part * (end_ - start_);
}

std::vector<Tick> Axis::ticks() const {
  return scale_ == Scale::linear ? linear_ticks() : logarithmic_ticks();
}

std::vector<Tick> Axis::linear_ticks() const {
  const double rough = (high_ - low_) / 6;
  const double decade = std::pow(10.0, std::floor(std::log10(rough)));
  const double step = decade * (rough / decade > 5   ? 10
                                : rough / decade > 2 ? 5
                                : rough / decade > 1 ? 2
                                                     : 1);
  const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
  std::vector<Tick> ticks;
  for (double k = std::ceil(low_ / step - 1e-9); k * step <= high_; ++k)
    ticks.push_back({k * step, fixed(k * step, decimals)});
  return ticks;
}

std::vector<Tick> Axis::logarithmic_ticks() const {
  const double decades = std::log10(high_ / low_);
  const int first = static_cast<int>(std::floor(std::log10(low_)));
  const int last = static_cast<int>(std::floor(std::log10(high_)));
  const bool is_plain = first >= smallest_plain_exponent - 1 && last <= largest_plain_exponent;
  // Over many decades only some of them fit.
  const int every = std::max(1, static_cast<int>(std::ceil(decades / 8)));
  const auto is_labelled = [&](int mantissa, int exponent) {
    if (mantissa == 1) return exponent % every == 0;
    if (decades < 0.5) return true;
    if (decades < 1) return mantissa <= 5 || mantissa == 7;
    return decades < 2.5 && (mantissa == 2 || mantissa == 5);
  };

  std::vector<Tick> ticks;
  for (int exponent = first; exponent <= last; ++exponent) {
    for (int mantissa = 1; mantissa <= 9; ++mantissa) {
      const double value = mantissa * std::pow(10.0, exponent);
      if (!holds(value) || (mantissa > 1 && decades > 10)) continue;
      std::string markup;
      if (is_labelled(mantissa, exponent))
        markup = is_plain ? plain(mantissa, exponent) : power(mantissa, exponent);
      ticks.push_back({value, std::move(markup)});
    }
  }
  // Less than a decade may hold no such number; round ones of another kind stand there too.
  const auto labelled = std::ranges::count_if(ticks, [](const Tick& tick) { return !tick.markup.empty(); });
  return labelled < 2 ? linear_ticks() : ticks;
}

}  // namespace asymptoken::native
