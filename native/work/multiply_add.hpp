#pragma once

#include <cstdint>

#include "asymptoken/simd.hpp"

namespace asymptoken::native {

/// Makes at least that many floating-point operations as multiply-adds that touch nothing but registers, in `threads`
/// threads at once. Timing it gives the most that any kernel of that target could reach: its peak.
///
/// Returns how many it made.
double multiply_add_in_registers(SimdTarget target, double operations, unsigned threads);

}  // namespace asymptoken::native
