#include "work/array_attention.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "asymptoken/error.hpp"
#include "work/in_order.hpp"
#include "work/interrupt.hpp"
#include "work/machine.hpp"
#include "work/parallel.hpp"
#include "work/query_blocks.hpp"

namespace asymptoken::native {

namespace {

class Summarizer {
 public:
  void add(const Vector& numbers) {
    smallest_ = std::min(smallest_, numbers.minCoeff());
    largest_ = std::max(largest_, numbers.maxCoeff());
    sum_ += numbers.sum();
    count_ += numbers.size();
  }
  Summary summary() const { return {smallest_, sum_ / static_cast<double>(count_), largest_}; }

 private:
  double smallest_ = std::numeric_limits<double>::infinity();
  double largest_ = -std::numeric_limits<double>::infinity();
  double sum_ = 0;
  Index count_ = 0;
};

// Adds blocks of outputs up as they are finished.
template <class T>
class OrderedStatistics {
 public:
  explicit OrderedStatistics(Vector origin) : moments_(std::move(origin)) {}

  void add(std::size_t block, AttentionOutput<T> output) { blocks_.add(block, std::move(output)); }
  AttentionStatistics statistics() const {
    return {moments_.moments(), log_sum_exp_.summary(), participation_.summary(), entropy_.summary()};
  }

 private:
  void take(const AttentionOutput<T>& output) {
    moments_.add(RowsView<T>(output.output));
    log_sum_exp_.add(output.log_sum_exp);
    participation_.add(output.participation);
    entropy_.add(output.entropy);
  }

  MomentAccumulator moments_;
  Summarizer log_sum_exp_;
  Summarizer participation_;
  Summarizer entropy_;
  InOrder<AttentionOutput<T>> blocks_{[this](const AttentionOutput<T>& output) { take(output); }};
};

// How the work is cut. Depends on the shapes alone, so that results do not depend on the machine.
struct Blocks {
  explicit Blocks(const AttentionArrays& arrays)
      : queries(queries_per_block(arrays.queries().rows())),
        // Some 10 ms of work between two looks at the stop flag.
        keys(std::clamp<Index>(
            static_cast<Index>(2e8) / queries / (arrays.keys().columns() + arrays.values().columns()), 1024,
            1 << 20)),
        count((arrays.queries().rows() + queries - 1) / queries) {}

  Index queries;
  Index keys;
  Index count;
};

template <class T>
double bytes_needed(const AttentionArrays& arrays, const Blocks& blocks, unsigned threads) {
  const auto number = [](Index value) { return static_cast<double>(value); };
  const double key_dimension = number(arrays.keys().columns());
  const double value_dimension = number(arrays.values().columns());
  const double shared = number(arrays.keys().rows()) * (key_dimension + value_dimension) * sizeof(T) +
                        2 * value_dimension * value_dimension * sizeof(double);
  // A block holds its queries, sums in T and in float64, and its outputs, perhaps waiting to be folded.
  const double block =
      number(blocks.queries) * (2 * key_dimension * sizeof(T) + value_dimension * (3 * sizeof(T) + 8));
  return shared + threads * block;
}

// The rows of a chunk take about a megabyte: enough for the disk, nothing beside the rest.
Index rows_per_chunk(Index columns) { return std::max<Index>(1, (1 << 17) / columns); }

// Reading is the check that all numbers are finite.
template <class T>
bool check_rows(const NpyReader& array) {
  const Index step = rows_per_chunk(array.columns());
  for (Index first = 0; first < array.rows(); first += step) {
    if (interrupt_signal() != 0) return false;
    array.read<T>(first, std::min(step, array.rows() - first));
  }
  return true;
}

// Fills the cache and the mean of the values. False when a signal came.
template <class T>
bool load(const AttentionArrays& arrays, KeyValueCache<T>& cache, Vector& mean_value) {
  const Index rows = arrays.keys().rows();
  const Index step = rows_per_chunk(std::max(arrays.keys().columns(), arrays.values().columns()));
  cache.reserve(rows);
  mean_value = Vector::Zero(arrays.values().columns());
  for (Index first = 0; first < rows; first += step) {
    if (interrupt_signal() != 0) return false;
    const Index count = std::min(step, rows - first);
    const Rows<T> values = arrays.values().read<T>(first, count);
    cache.append(arrays.keys().read<T>(first, count), values);
    mean_value += values.template cast<double>().colwise().sum().transpose() / static_cast<double>(rows);
  }
  return true;
}

template <class T>
void require_finite(const AttentionOutput<T>& output, Index first) {
  for (Index i = 0; i < output.log_sum_exp.size(); ++i) {
    if (std::isfinite(output.log_sum_exp[i]) && output.output.row(i).allFinite()) continue;
    throw Error("attention of query row " + std::to_string(first + i), "not finite",
                std::string("logits and values within the range of ") +
                    (sizeof(T) == 4 ? "float32 (--float64 has a larger one)" : "float64"));
  }
}

std::string shape_of(const NpyReader& array) {
  return "an array of shape (" + std::to_string(array.rows()) + ", " + std::to_string(array.columns()) + ")";
}

std::string type_of(const NpyReader& array) { return array.is_float64() ? "float64" : "float32"; }

}  // namespace

AttentionArrays::AttentionArrays(NpyReader queries, NpyReader keys, NpyReader values)
    : queries_(std::move(queries)), keys_(std::move(keys)), values_(std::move(values)) {
  for (const NpyReader* array : {&keys_, &values_}) {
    if (array->is_float64() == queries_.is_float64()) continue;
    throw Error(array->path(), "an array of type " + type_of(*array),
                "the type of " + queries_.path() + ", " + type_of(queries_));
  }
  if (keys_.columns() != queries_.columns()) {
    throw Error(keys_.path(), shape_of(keys_),
                "as many columns as " + queries_.path() + " has, " + std::to_string(queries_.columns()));
  }
  if (values_.rows() != keys_.rows()) {
    throw Error(values_.path(), shape_of(values_),
                "as many rows as " + keys_.path() + " has, " + std::to_string(keys_.rows()));
  }
}

template <class T>
bool attend_arrays(const AttentionArrays& arrays, double scale, Compute compute, unsigned threads,
                   ProgressDisplayPointer display, const OutputSink<T>& sink,
                   AttentionStatistics* statistics) {
  const Blocks blocks(arrays);
  const double needed = bytes_needed<T>(arrays, blocks, threads);
  if (needed > usable_memory()) {
    throw Error("the memory for " + std::to_string(arrays.keys().rows()) + " keys and values",
                bytes_text(needed),
                "at most " + bytes_text(usable_memory()) + ", which this machine can give");
  }

  KeyValueCache<T> cache(arrays.keys().columns(), arrays.values().columns());
  Vector mean_value;
  if (!check_rows<T>(arrays.queries()) || !load(arrays, cache, mean_value)) return false;

  std::optional<OrderedStatistics<T>> folded;
  if (statistics != nullptr) folded.emplace(std::move(mean_value));
  const Spread spread = statistics == nullptr ? Spread::skip : Spread::compute;
  // Pairs of a query and a key are the unit of progress.
  std::atomic<double> pairs_done = 0;
  std::atomic<Index> queries_done = 0;
  const double pairs = static_cast<double>(arrays.queries().rows()) * static_cast<double>(cache.size());
  Progress progress(std::move(display), arrays.queries().rows(), 0);

  const auto work = [&](std::size_t block, const std::atomic<bool>& stop) {
    const Index first = static_cast<Index>(block) * blocks.queries;
    const Index count = std::min(blocks.queries, arrays.queries().rows() - first);
    StreamingAttention<T> attention(arrays.queries().read<T>(first, count), static_cast<T>(scale),
                                    arrays.values().columns(), compute, spread);
    for (Index key = 0; key < cache.size(); key += blocks.keys) {
      if (stop) return;
      const Index last = std::min(key + blocks.keys, cache.size());
      attention.accumulate(cache, key, last);
      pairs_done += static_cast<double>(count) * static_cast<double>(last - key);
    }
    AttentionOutput<T> output = attention.result();
    require_finite(output, first);
    sink(first, output.output);
    if (folded) folded->add(block, std::move(output));
    queries_done += count;
  };
  const auto keep_going = [&] {
    progress.update(pairs_done / pairs, queries_done);
    return interrupt_signal() == 0;
  };

  progress.update(0, 0);
  const bool complete = run_parallel(static_cast<std::size_t>(blocks.count), threads, work, keep_going);
  progress.finish(pairs_done / pairs, queries_done);
  if (complete && folded) *statistics = folded->statistics();
  return complete;
}

template bool attend_arrays(const AttentionArrays&, double, Compute, unsigned, ProgressDisplayPointer,
                            const OutputSink<float>&, AttentionStatistics*);
template bool attend_arrays(const AttentionArrays&, double, Compute, unsigned, ProgressDisplayPointer,
                            const OutputSink<double>&, AttentionStatistics*);

}  // namespace asymptoken::native
