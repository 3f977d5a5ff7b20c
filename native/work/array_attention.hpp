#pragma once

#include <functional>

#include "asymptoken/attention.hpp"
#include "files/npy.hpp"
#include "work/progress.hpp"

namespace asymptoken::native {

/// Of one number per query.
struct Summary {
  double smallest = 0;
  double mean = 0;
  double largest = 0;
};

struct AttentionStatistics {
  Moments outputs;
  Summary log_sum_exp;
  Summary participation;
  Summary entropy;
};

/// Queries, keys and values that lie in files, and fit each other.
class AttentionArrays {
 public:
  /// Throws Error when the shapes or the number types do not fit.
  AttentionArrays(NpyReader queries, NpyReader keys, NpyReader values);

  const NpyReader& queries() const { return queries_; }
  const NpyReader& keys() const { return keys_; }
  const NpyReader& values() const { return values_; }
  bool is_float64() const { return queries_.is_float64(); }

 private:
  NpyReader queries_;
  NpyReader keys_;
  NpyReader values_;
};

template <class T>
using OutputSink = std::function<void(Index first, const Rows<T>& rows)>;

/// Softmax attention of every query over all keys, computed in T, in threads that share the keys and take blocks of
/// queries. In memory are the keys and values and a few blocks; queries are read and outputs handed to `sink` (in any
/// order, several at once) as they come. `statistics` is filled unless it is null. The results do not depend on the
/// number of threads.
///
/// Returns false when a signal came first. Throws Error at a number that is not finite, when memory does not suffice,
/// or when logits leave the range of T.
template <class T>
bool attend_arrays(const AttentionArrays& arrays, double scale, Compute compute, unsigned threads,
                   ProgressDisplayPointer display, const OutputSink<T>& sink,
                   AttentionStatistics* statistics);

}  // namespace asymptoken::native
