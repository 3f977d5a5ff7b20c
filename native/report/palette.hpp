#pragma once

#include <cstddef>
#include <string>

namespace asymptoken::native {

/// Colours that get steadily lighter from the first curve to the last, so that their order survives a grey print and
/// every kind of colour vision. As `#3b528b`.
std::string curve_colour(std::size_t curve, std::size_t curves);

}  // namespace asymptoken::native
