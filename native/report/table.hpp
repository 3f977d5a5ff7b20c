#pragma once

#include <string>

#include "asymptoken/result.hpp"

namespace asymptoken::native {

/// The result as plain text: for each metric a line per curve with its measured ends, its fitted slope, and how many
/// standard errors that slope lies from each predicted one.
std::string table(const Result& result);

}  // namespace asymptoken::native
