#include "work/token_weights.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>

#include "asymptoken/error.hpp"
#include "asymptoken/random.hpp"
#include "work/in_order.hpp"
#include "work/interrupt.hpp"
#include "work/machine.hpp"
#include "work/parallel.hpp"

namespace asymptoken::native {

namespace {

/// Rows that a thread takes at a time, in whole blocks.
constexpr Index rows_at_once = 96;
/// Keys between two looks at whether to stop.
constexpr Index keys_at_once = 4096;

Rows<float> tokens_of(const Spec& spec, std::uint32_t replicate) {
  const Index n = spec.tokens.back();
  const Index d = spec.law->dimension();
  // The tokens, the kernel's copy of them, and one value each.
  const double bytes = sizeof(float) * static_cast<double>(n) * static_cast<double>(2 * d + 16);
  if (bytes > usable_memory()) {
    throw Error("tokens", std::to_string(n),
                "so few tokens that they fit in the " + bytes_text(usable_memory()) +
                    " of this machine: they need " + bytes_text(bytes));
  }
  Rows<float> tokens(n, d);
  spec.law->sample(Stream::of(spec.seed, StreamPurpose::tokens, replicate), 0, tokens);
  return tokens;
}

}  // namespace

bool pooled_weights(const Spec& spec, const WeightsPart& part, Compute compute, unsigned threads,
                    ProgressDisplayPointer display, const std::function<void(const PooledWeights&)>& sink) {
  const Rows<float> tokens = tokens_of(spec, part.replicate);
  const Matrix& A = spec.attention.heads[part.head].form.A;
  // Only the weights are wanted, so the values are nothing.
  KeyValueCache<float> cache(tokens.cols(), 1);
  cache.append(tokens, Rows<float>::Zero(tokens.rows(), 1));

  const Index step = part.side * ((rows_at_once + part.side - 1) / part.side);
  const Index count = (part.rows.size() + step - 1) / step;
  InOrder<PooledWeights> finished(sink);
  std::atomic<Index> rows_done = 0;
  Progress progress(std::move(display), part.rows.size(), 0);

  const auto work = [&](std::size_t block, const std::atomic<bool>& stop) {
    const Index first = part.rows.first + static_cast<Index>(block) * step;
    const Index rows = std::min(step, part.rows.last - first);
    const Rows<float> queries = (tokens.middleRows(first, rows).cast<double>() * A.transpose()).cast<float>();
    StreamingAttention<float> attention(queries, 1.0F, 1, compute);
    for (Index key = 0; key < cache.size(); key += keys_at_once) {
      if (stop) return;
      attention.accumulate(cache, key, std::min(key + keys_at_once, cache.size()));
    }
    WeightPooling pooling(queries, 1.0F, attention.result().log_sum_exp, part.columns.size(), part.side,
                          compute);
    for (Index key = part.columns.first; key < part.columns.last; key += keys_at_once) {
      if (stop) return;
      pooling.accumulate(tokens.middleRows(key, std::min(keys_at_once, part.columns.last - key)));
    }
    finished.add(block, pooling.result());
    rows_done += rows;
  };
  const auto fraction = [&] {
    return static_cast<double>(rows_done) / static_cast<double>(part.rows.size());
  };
  const auto keep_going = [&] {
    progress.update(fraction(), rows_done);
    return interrupt_signal() == 0;
  };

  progress.update(0, 0);
  const bool complete = run_parallel(static_cast<std::size_t>(count), threads, work, keep_going);
  progress.finish(fraction(), rows_done);
  return complete;
}

}  // namespace asymptoken::native
