#pragma once

namespace asymptoken::detail {

/// P(z > x) for a standard normal z and x >= 0, to 1e-14 of its value up to x = 15, without a libm.
double normal_tail(double x);

/// log P(z <= x) for x >= -15, to 1e-14 of its value.
double log_normal_distribution(double x);

}  // namespace asymptoken::detail
