#pragma once

#include <string>

#include "asymptoken/result.hpp"

namespace asymptoken::native {

/// The result as a picture (SVG) that can go into a paper: for each metric the error against n on log-log axes, with
/// standard errors, fitted lines and the predicted slopes, which are left out where there are too many curves, and under it
/// each trend that the result has of it. A diagnostic metric is left to the table.
std::string figure(const Result& result);

}  // namespace asymptoken::native
