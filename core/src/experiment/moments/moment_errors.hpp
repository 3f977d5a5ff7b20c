#pragma once

#include <span>
#include <vector>

#include "experiment/type.hpp"

namespace asymptoken {

/// What an item of `moments` yields, from the moments of its outputs, [point][curve]: their errors, or, where these wait for
/// a sampled reference, their deviations from the exact limit.
std::vector<double> moment_values(const Plan::Contents& contents, std::span<const Moments> measured);

/// The sampled reference: one long sample whose tokens attend to each other, in blocks of its queries.
const ReferenceType& sampled_moments();

/// The queries of a block.
struct QueryRange {
  Index first;
  Index last;
};
QueryRange reference_block(const Spec& spec, std::int64_t block);

}  // namespace asymptoken
