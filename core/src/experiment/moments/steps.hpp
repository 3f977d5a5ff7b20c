#pragma once

#include <memory>

#include "experiment/type.hpp"

namespace asymptoken {

/// The tokens attend to each other, n^2: a block of queries streams over all keys, then the next. Also for a block of the
/// sampled reference.
std::unique_ptr<Execution::Steps> attend_from_tokens(const Plan::Contents& contents, const Item& item,
                                                     Compute compute);

/// Queries of their own, fresh draws of the law or its quadrature, attend to tokens that are made in chunks and forgotten:
/// memory does not grow with n.
std::unique_ptr<Execution::Steps> attend_from_queries(const Plan::Contents& contents, const Item& item,
                                                      Compute compute);

}  // namespace asymptoken
