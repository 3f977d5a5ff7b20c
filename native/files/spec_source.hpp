#pragma once

#include <string>
#include <vector>

#include "asymptoken/spec.hpp"

namespace asymptoken::native {

/// The spec that `source` names (a built-in experiment, a file, or `-` for standard input), with each of `settings`
/// (`path=value`) applied in order. Throws Error at the first thing that does not fit.
Spec read_spec(const std::string& source, const std::vector<std::string>& settings);

}  // namespace asymptoken::native
