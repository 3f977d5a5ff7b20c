#pragma once

#include <functional>

#include "asymptoken/attention.hpp"

namespace asymptoken::native {

/// How many of so many queries a thread takes at a time. Depends on the shape alone, so that results do not depend on
/// the machine.
Index queries_per_block(Index queries);

/// What is done with the attention of block number `block`, which begins at query `first`.
using BlockSink = std::function<void(std::size_t block, Index first, AttentionOutput<float> output)>;

/// Softmax attention of queries in memory over all keys of `tokens`, in threads that share the keys and take blocks of
/// queries. `sink` is called in any order, several times at once. The results do not depend on the number of threads.
void attend_in_blocks(const RowsView<float>& queries, const KeyValueCache<float>& tokens, float scale,
                      Compute compute, unsigned threads, const BlockSink& sink);

}  // namespace asymptoken::native
