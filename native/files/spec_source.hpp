#pragma once

#include <list>
#include <string>
#include <vector>

#include "asymptoken/spec.hpp"
#include "files/array_file.hpp"

namespace asymptoken::native {

/// A spec and the arrays that it was read with.
struct LoadedSpec {
  std::list<ArrayFile> files;
  Inputs inputs;
  Spec spec;
};

/// The spec that `source` names (a built-in experiment, a file, or `-` for standard input), with each of `settings`
/// (`path=value`) applied in order, and with `inputs` (`name=file`) beside it. Throws Error at the first thing that does not
/// fit.
LoadedSpec read_spec(const std::string& source, const std::vector<std::string>& settings,
                     const std::vector<std::string>& inputs, SimdTarget target);

}  // namespace asymptoken::native
