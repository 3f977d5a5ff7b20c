#pragma once

#include "asymptoken/law.hpp"
#include "json/reader.hpp"

namespace asymptoken {

/// What `law.type` may be. Each law's file ends with its own; registry.cpp lists them.
struct LawType {
  LawDescription description;
  LawPointer (*read)(Reader& parameters) = nullptr;  ///< every key of `law` but `type`
};

/// Reads the whole `law` object, `type` included.
LawPointer read_law(Reader& law);

/// `dimension` of a law: from 1 to 65536. It has no default, where `otherwise` gives none.
Index read_dimension(Reader& parameters, std::optional<Index> otherwise = std::nullopt);

}  // namespace asymptoken
