#pragma once

#include <string_view>
#include <vector>

#include "asymptoken/law.hpp"
#include "spec/reader.hpp"

namespace asymptoken {

/// How a spec's `law` object becomes a law. Each law's file defines one; registry.cpp lists them.
struct LawType {
  std::string_view name;                   ///< the value of `law.type`
  LawPointer (*read)(Reader& parameters);  ///< reads every key but `type`
};

LawPointer read_gaussian(Reader& parameters);
LawPointer read_sphere(Reader& parameters);

/// Reads the whole `law` object, `type` included.
LawPointer read_law(Reader& law);

/// `dimension` of a law: from 1 to 65536.
Index read_dimension(Reader& parameters);

}  // namespace asymptoken
