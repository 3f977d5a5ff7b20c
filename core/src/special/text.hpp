#pragma once

#include <string>

namespace asymptoken::detail {

/// A short text that reads back as the same number.
std::string text_of(double value);

}  // namespace asymptoken::detail
