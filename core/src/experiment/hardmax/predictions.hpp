#pragma once

#include <vector>

#include "asymptoken/result.hpp"
#include "experiment/hardmax/logits.hpp"

namespace asymptoken {

/// What theory says of the curve of `hardmax` at that temperature.
std::vector<Prediction> hardmax_predictions(const Spec& spec, const HardmaxLogits& logits,
                                            double temperature);

}  // namespace asymptoken
