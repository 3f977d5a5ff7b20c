#pragma once

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// E sqrt(c + sum_i s_i^2 x_i^2) to 10 digits, x_i independent, uniform, of mean 0 and variance 1; c >= 0.
/// How far a uniform point of a box is from a point: c is the square of its distance from the middle, across the box.
double mean_box_norm(double c, const Vector& s);

}  // namespace asymptoken::detail
