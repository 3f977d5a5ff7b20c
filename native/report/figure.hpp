#pragma once

#include <string>

#include "asymptoken/result.hpp"

namespace asymptoken::native {

/// The result as a picture (SVG) that can go into a paper: for each metric the error against n on log-log axes, with
/// standard errors, fitted lines and the predicted slopes. Where there are too many curves to draw predictions into
/// that panel, a panel below it shows the fitted slopes against the horizon, and the predictions there. Where constants
/// are predicted at several radii, a panel shows them against the radius, beside what was measured. A metric that nothing
/// is predicted of is left to the table.
std::string figure(const Result& result);

}  // namespace asymptoken::native
