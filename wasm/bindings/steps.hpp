#pragma once

#include <algorithm>

#include "asymptoken/matrix.hpp"

namespace asymptoken::wasm {

/// Keys that the streaming kernel takes in one go; shorter parts cost it time.
inline constexpr Index keys_per_part = 1024;

/// As many of the remaining `rest` units as `work` pays for, in whole parts, at least one part.
inline Index affordable(double work, double work_each, Index part, Index rest) {
  const double parts = std::min(work / (work_each * static_cast<double>(part)), static_cast<double>(rest));
  return std::min(rest, std::max<Index>(1, static_cast<Index>(parts)) * part);
}

}  // namespace asymptoken::wasm
