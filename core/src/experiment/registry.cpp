#include "experiment/registry.hpp"

namespace asymptoken {

std::vector<const ExperimentType*> product_experiments() {
  return {&moments_experiment(), &map_experiment(), &uniform_experiment(), &hardmax_experiment(),
          &window_experiment()};
}

}  // namespace asymptoken
