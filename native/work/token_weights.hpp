#pragma once

#include <cstdint>
#include <functional>

#include "asymptoken/attention.hpp"
#include "asymptoken/spec.hpp"
#include "work/progress.hpp"

namespace asymptoken::native {

/// Rows or columns first .. last-1 of a matrix.
struct IndexRange {
  Index first = 0;
  Index last = 0;

  Index size() const { return last - first; }
};

/// A part of the matrix of softmax weights with which the largest n tokens of a spec attend to each other.
struct WeightsPart {
  std::size_t head = 0;         ///< an index into the heads of the spec's sweep
  std::uint32_t replicate = 0;  ///< whose tokens
  IndexRange rows;              ///< queries, within 0 to n
  IndexRange columns;           ///< keys, likewise
  Index side = 1;               ///< of the blocks that are pooled
};

/// Computes that part in threads that share the tokens; memory is that of the tokens and of a few rows of blocks, never
/// n x n. `sink` gets rows of blocks, in order. Returns whether it came to the end without an interrupt. The numbers do not
/// depend on the number of threads. Throws Error when the tokens do not fit in memory.
bool pooled_weights(const Spec& spec, const WeightsPart& part, Compute compute, unsigned threads,
                    ProgressDisplayPointer display, const std::function<void(const PooledWeights&)>& sink);

}  // namespace asymptoken::native
