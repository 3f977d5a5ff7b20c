#pragma once

#include "asymptoken/law.hpp"
#include "json/reader.hpp"

namespace asymptoken {

/// Reads the whole `law` object, `type` included.
LawPointer read_law(Reader& law);

/// `dimension` of a law: from 1 to 65536.
Index read_dimension(Reader& parameters);

}  // namespace asymptoken
