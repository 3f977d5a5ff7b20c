#pragma once

namespace asymptoken::detail {

/// The 97.5 % quantile of Student's t distribution with that many degrees of freedom, >= 1, not only whole ones; within 1e-9
/// of its value. 19 of 20 lie between it and its opposite.
double student_quantile(double degrees);

}  // namespace asymptoken::detail
