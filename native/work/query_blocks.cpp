#include "work/query_blocks.hpp"

#include <algorithm>

#include "work/parallel.hpp"

namespace asymptoken::native {

Index queries_per_block(Index queries) {
  // Every kernel's tile of queries divides this; part of a tile takes as long as a whole one.
  constexpr Index tile = 48;
  // More tiles would push each other's sums out of the second-level cache.
  return tile * std::clamp<Index>(queries / 64 / tile, 1, 3);
}

void attend_in_blocks(const RowsView<float>& queries, const KeyValueCache<float>& tokens, float scale,
                      Compute compute, unsigned threads, const BlockSink& sink) {
  const Index step = queries_per_block(queries.rows());
  const auto work = [&](std::size_t block, const std::atomic<bool>&) {
    const Index first = static_cast<Index>(block) * step;
    StreamingAttention<float> attention(queries.middleRows(first, std::min(step, queries.rows() - first)),
                                        scale, tokens.value_dimension(), compute);
    attention.accumulate(tokens, 0, tokens.size());
    sink(block, first, attention.result());
  };
  run_parallel(static_cast<std::size_t>((queries.rows() + step - 1) / step), threads, work,
               [] { return true; });
}

}  // namespace asymptoken::native
