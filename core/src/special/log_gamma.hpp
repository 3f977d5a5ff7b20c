#pragma once

namespace asymptoken::detail {

/// log Gamma(x) for x > 0, within 1e-13 of its value.
double log_gamma(double x);

}  // namespace asymptoken::detail
