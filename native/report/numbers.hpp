#pragma once

#include <string>

#include "asymptoken/result.hpp"

namespace asymptoken::native {

/// With that many decimals, as in `-0.50`; never `-0.00`.
std::string fixed(double value, int decimals);

/// With that many significant digits and no superfluous zeros, as in `0.0312` or `1.2e-07`.
std::string significant(double value, int digits);

/// The shortest text that reads back as the same number; empty for one that is not defined.
std::string exact(double value);
std::string exact(const ParameterValue& value);

/// `value ± error`, both to the second digit of the error.
std::string with_error(double value, double error);

/// The slope of a curve's fit; `-` without one.
std::string slope_text(const Curve& curve, std::size_t metric);

}  // namespace asymptoken::native
