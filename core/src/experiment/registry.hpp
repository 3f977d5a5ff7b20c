#pragma once

#include "experiment/experiment.hpp"

namespace asymptoken {

// Each experiment's folder defines the function that names it.
const ExperimentType& moments_experiment();
const ExperimentType& map_experiment();
const ExperimentType& uniform_experiment();
const ExperimentType& hardmax_experiment();
const ExperimentType& window_experiment();

/// Every experiment of the product, in the order in which it lists them.
std::vector<const ExperimentType*> product_experiments();

}  // namespace asymptoken
