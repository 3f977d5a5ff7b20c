#include "report/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace asymptoken::native {

std::string fixed(double value, int decimals) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  std::string result = text.data();
  const bool is_zero = result.find_first_of("123456789ni") == std::string::npos;
  if (is_zero && result.front() == '-') result.erase(0, 1);
  return result;
}

std::string significant(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*g", digits, value);
  return text.data();
}

std::string exact(double value) {
  if (std::isnan(value)) return "";
  std::array<char, 32> text{};
  const auto [end, problem] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

std::string exact(const ParameterValue& value) {
  const double* number = std::get_if<double>(&value);
  return number != nullptr ? exact(*number) : std::get<std::string>(value);
}

std::string with_error(double value, double error) {
  if (!(error > 0) || !std::isfinite(error) || !std::isfinite(value)) {
    return significant(value, 4) + " ± " + significant(error, 2);
  }
  // Both share one power of ten where zeros would hide the digits.
  const int exponent = static_cast<int>(std::floor(std::log10(std::max(std::abs(value), error))));
  if (exponent < -3 || exponent > 5) {
    const double unit = std::pow(10.0, exponent);
    return "(" + with_error(value / unit, error / unit) + ")e" + std::to_string(exponent);
  }
  const int decimals = 1 - static_cast<int>(std::floor(std::log10(error)));
  return fixed(value, std::clamp(decimals, 0, 12)) + " ± " + fixed(error, std::clamp(decimals, 0, 12));
}

std::string slope_text(const Curve& curve, std::size_t metric) {
  const std::optional<PowerLawFit>& fit = curve.fits[metric];
  return fit ? with_error(fit->slope, slope_standard_error(curve, metric)) : "-";
}

}  // namespace asymptoken::native
