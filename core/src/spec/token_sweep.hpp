#pragma once

#include "asymptoken/spec.hpp"
#include "json/reader.hpp"

namespace asymptoken {

/// The key `tokens` of a spec: the n of each point, and whether they are nested.
void read_tokens(Reader& spec, Spec& into);

}  // namespace asymptoken
