#pragma once

#include <string>

namespace asymptoken::detail {

/// A short text that reads back as the same number.
std::string text_of(double value);

/// Such as `22.1 GB`.
std::string bytes_text(double bytes);

}  // namespace asymptoken::detail
