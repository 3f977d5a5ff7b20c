#include "report/palette.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace asymptoken::native {

namespace {

using Colour = std::array<double, 3>;

// Matplotlib's viridis at equal steps, without its lightest quarter, which is lost on white paper.
constexpr std::array<Colour, 8> viridis = {{{68, 1, 84},
                                            {71, 36, 117},
                                            {64, 67, 135},
                                            {52, 94, 141},
                                            {41, 121, 142},
                                            {32, 146, 140},
                                            {42, 173, 129},
                                            {84, 197, 104}}};

}  // namespace

std::string curve_colour(std::size_t curve, std::size_t curves) {
  // One curve alone is blue rather than nearly black.
  const double place = curves < 2 ? 0.375 : static_cast<double>(curve) / static_cast<double>(curves - 1);
  const double step = place * (viridis.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(step), viridis.size() - 2);
  const double part = step - static_cast<double>(below);
  std::array<int, 3> rgb{};
  for (std::size_t k = 0; k < rgb.size(); ++k) {
    rgb[k] = static_cast<int>(std::lround((1 - part) * viridis[below][k] + part * viridis[below + 1][k]));
  }
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", rgb[0] & 0xff, rgb[1] & 0xff, rgb[2] & 0xff);
  return text.data();
}

}  // namespace asymptoken::native
