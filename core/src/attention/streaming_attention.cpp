#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "attention/softmax_sums.hpp"
#include "simd/kernels.hpp"
#include "special/log.hpp"

namespace asymptoken {

namespace {

constexpr double ln_2 = 0.693147180559945309417;
constexpr double log2_e = 1.44269504088896340736;

/// After this many keys the kernel's sums move to float64, which bounds the rounding of long float32 sums.
constexpr Index keys_between_moves = 4 * simd::keys_per_block;

/// How far weights are scaled down, as a power of 2, where values are so large that the sum of as many as lie between two
/// moves could overflow; for float64, whose own sums never move, of any number of them.
template <class T>
constexpr int lift_of_huge_values = std::is_same_v<T, float> ? 18 : 64;

/// Those from which on it is needed: without it sums reach 512 2^8 times a value.
template <class T>
constexpr T least_huge_value = std::is_same_v<T, float> ? T(0x1p109F) : T(0x1p959);

template <class T>
const simd::AttentionKernels<T>& attention_kernels(Compute compute, Spread spread) {
  if constexpr (std::is_same_v<T, float>) {
    if (spread == Spread::skip) {
      return simd::attention_kernels<float>(compute);
    }
  }
  return simd::attention_kernels_with_spread<T>(compute);
}

/// totals += recent, relative to the maximum of `recent`. Totals that are `empty` take it over first: it may lie so far
/// below their 0 that no factor could bridge the two. `recent` starts anew with its maximum kept.
template <class T>
void move_sums(const TileSums<T>& recent, const TileSums<double>& totals, bool empty,
               simd::MoveFunction<T> move, Compute compute) {
  if (empty) {
    std::ranges::copy(recent.maximum, totals.maximum.begin());
  }
  const std::size_t queries = recent.maximum.size();
  std::vector<double> factors(queries);
  for (std::size_t q = 0; q < queries; ++q) {
    factors[q] = (totals.maximum[q] - static_cast<double>(recent.maximum[q])) * ln_2;
  }
  exp(factors, factors, compute);
  for (std::size_t q = 0; q < queries; ++q) {
    const double shift = (totals.maximum[q] - static_cast<double>(recent.maximum[q])) * totals.sum[q];
    totals.weighted_logits[q] =
        (totals.weighted_logits[q] + shift) * factors[q] + static_cast<double>(recent.weighted_logits[q]);
    totals.sum[q] = totals.sum[q] * factors[q] + static_cast<double>(recent.sum[q]);
    totals.squares[q] =
        totals.squares[q] * (factors[q] * factors[q]) + static_cast<double>(recent.squares[q]);
    totals.maximum[q] = static_cast<double>(recent.maximum[q]);
  }
  move(totals.output.data(), factors.data(), recent.output.data(),
       static_cast<Index>(recent.output.size() / queries));
  std::ranges::fill(recent.sum, T(0));
  std::ranges::fill(recent.squares, T(0));
  std::ranges::fill(recent.weighted_logits, T(0));
}

}  // namespace

template <class T>
struct StreamingAttention<T>::State {
  Compute compute;
  simd::AttentionKernels<T> kernels{};
  Spread spread = Spread::skip;
  Index query_count = 0;
  Index key_dimension = 0;
  Index value_dimension = 0;
  Index width = 0;
  std::vector<T> multipliers;
  AlignedVector<T> queries;   ///< tiles x key_dimension x width, scaled
  AlignedVector<T> products;  ///< scratch of the kernel
  AlignedVector<T> weights;   ///< scratch of the kernel; in place of the products where there is one scale
  SoftmaxSums<T> recent{0, 0, 0, 0};       ///< over the keys since the last move, its maximum over all
  SoftmaxSums<double> totals{0, 0, 0, 0};  ///< over the keys before it
  std::vector<T> least;                    ///< of each column of the values seen
  std::vector<T> largest;                  ///< likewise
  T lift = 0;                              ///< of the kernel's maximum
  std::int64_t keys_seen = 0;
  std::int64_t keys_moved = 0;

  std::size_t tiles() const { return static_cast<std::size_t>((query_count + width - 1) / width); }
  Index keys_at_once() const;
  void move_sums_of(std::size_t tile);
  simd::AttentionTile<T> tile(std::size_t index, const KeyValueCache<T>& tokens);
  Index look_at_values(const KeyValueCache<T>& tokens, Index first, Index last);
};

/// Whole blocks whose keys and values fill half of a second-level cache that every machine has.
template <class T>
Index StreamingAttention<T>::State::keys_at_once() const {
  constexpr Index bytes = 256 * 1024;
  const Index numbers = simd::keys_per_block * (key_dimension + value_dimension);
  return std::max<Index>(1, bytes / (numbers * static_cast<Index>(sizeof(T)))) * simd::keys_per_block;
}

template <class T>
void StreamingAttention<T>::State::move_sums_of(std::size_t tile) {
  for (std::size_t softmax = 0; softmax < multipliers.size(); ++softmax) {
    move_sums(recent.of(tile, softmax), totals.of(tile, softmax), keys_moved == 0, kernels.move, compute);
  }
}

template <class T>
simd::AttentionTile<T> StreamingAttention<T>::State::tile(std::size_t index, const KeyValueCache<T>& tokens) {
  const TileSums<T> sums = recent.of(index, 0);
  return {
      .key_dimension = key_dimension,
      .value_dimension = value_dimension,
      .queries = queries.data() + static_cast<Index>(index) * key_dimension * width,
      .keys = tokens.keys_.data(),
      .values = tokens.values_.data(),
      .multipliers = multipliers.data(),
      .softmaxes = static_cast<Index>(multipliers.size()),
      .lift = lift,
      .started = keys_seen > 0,
      .products = products.data(),
      .weights = weights.empty() ? products.data() : weights.data(),
      .maximum = sums.maximum.data(),
      .sum = sums.sum.data(),
      .squares = sums.squares.data(),
      .weighted_logits = sums.weighted_logits.data(),
      .output = sums.output.data(),
  };
}

/// Takes the range of the values of the next keys, up to the block where the first huge ones lie, and says where it ended:
/// the lift begins with their block however the keys were cut.
template <class T>
Index StreamingAttention<T>::State::look_at_values(const KeyValueCache<T>& tokens, Index first, Index last) {
  for (Index begin = first; begin < last;) {
    const Index end = std::min(last, (begin / simd::keys_per_block + 1) * simd::keys_per_block);
    tokens.widen(least, largest, begin, end);
    if (lift == 0 && (std::ranges::any_of(least, [](T value) { return value <= -least_huge_value<T>; }) ||
                      std::ranges::any_of(largest, [](T value) { return value >= least_huge_value<T>; }))) {
      if (begin > first) {
        return begin;
      }
      lift = T(lift_of_huge_values<T>);
    }
    begin = end;
  }
  return last;
}

template <class T>
StreamingAttention<T>::StreamingAttention(const RowsView<T>& queries, T scale, Index value_dimension,
                                          Compute compute, Spread spread)
    : StreamingAttention(queries, std::span<const T>(&scale, 1), value_dimension, compute, spread) {}

template <class T>
StreamingAttention<T>::StreamingAttention(const RowsView<T>& queries, std::span<const T> scales,
                                          Index value_dimension, Compute compute, Spread spread)
    : state_(std::make_unique<State>()) {
  if (queries.rows() < 1) {
    throw Error("number of queries", "0", "at least 1");
  }
  if (scales.empty()) {
    throw Error("number of scales", "0", "at least 1");
  }
  State& state = *state_;
  state.compute = compute;
  state.kernels = attention_kernels<T>(compute, spread);
  state.spread = spread;
  state.query_count = queries.rows();
  state.key_dimension = queries.cols();
  state.value_dimension = value_dimension;
  state.width = state.kernels.width;
  state.multipliers.assign(scales.begin(), scales.end());
  state.queries.resize(state.tiles() * static_cast<std::size_t>(state.key_dimension * state.width));
  const auto scratch = static_cast<std::size_t>(simd::keys_per_block * state.width);
  state.products.resize(scratch);
  if (scales.size() > 1) {
    state.weights.resize(scratch);
  }
  // The kernel works in base 2: one multiplication here instead of one for each weight. A single scale joins it.
  const double scale = scales.size() > 1 ? 1.0 : static_cast<double>(scales.front());
  const T factor = static_cast<T>(scale * log2_e);
  for (Index query = 0; query < state.query_count; ++query) {
    T* tile =
        state.queries.data() + query / state.width * state.key_dimension * state.width + query % state.width;
    for (Index k = 0; k < state.key_dimension; ++k) {
      tile[k * state.width] = queries(query, k) * factor;
    }
  }
  const auto width = static_cast<std::size_t>(state.width);
  const auto dimension = static_cast<std::size_t>(value_dimension);
  state.recent = SoftmaxSums<T>(state.tiles(), scales.size(), width, dimension);
  state.totals = SoftmaxSums<double>(state.tiles(), scales.size(), width, dimension);
  state.least.assign(dimension, std::numeric_limits<T>::infinity());
  state.largest.assign(dimension, -std::numeric_limits<T>::infinity());
}

template <class T>
StreamingAttention<T>::~StreamingAttention() = default;
template <class T>
StreamingAttention<T>::StreamingAttention(StreamingAttention&&) noexcept = default;
template <class T>
StreamingAttention<T>& StreamingAttention<T>::operator=(StreamingAttention&&) noexcept = default;

template <class T>
void StreamingAttention<T>::accumulate(const KeyValueCache<T>& tokens, Index first, Index last) {
  State& state = *state_;
  if (first < 0 || last > tokens.size() || first > last) {
    throw Error("range of keys", std::to_string(first) + " to " + std::to_string(last),
                "a range inside the " + std::to_string(tokens.size()) + " keys of the cache");
  }
  if (tokens.key_dimension() != state.key_dimension) {
    throw Error("dimension of the keys", std::to_string(tokens.key_dimension()),
                "that of the queries, " + std::to_string(state.key_dimension));
  }
  if (tokens.value_dimension() != state.value_dimension) {
    throw Error("dimension of the values", std::to_string(tokens.value_dimension()),
                std::to_string(state.value_dimension));
  }
  // All tiles attend to keys that stay in the cache, then to the next ones.
  const Index keys_at_once = state.keys_at_once();
  for (Index begin = first; begin < last;) {
    const Index until_move = keys_between_moves - static_cast<Index>(state.keys_seen - state.keys_moved);
    const Index end = state.look_at_values(
        tokens, begin, std::min({last, begin + until_move, (begin / keys_at_once + 1) * keys_at_once}));
    for (std::size_t t = 0; t < state.tiles(); ++t) {
      state.kernels.attend(state.tile(t, tokens), begin, end);
      if (end == begin + until_move) {
        state.move_sums_of(t);
      }
    }
    state.keys_seen += end - begin;
    if (end == begin + until_move) {
      state.keys_moved = state.keys_seen;
    }
    begin = end;
  }
}

template <class T>
AttentionOutput<T> StreamingAttention<T>::result(std::size_t scale) const {
  const State& state = *state_;
  if (state.keys_seen == 0) {
    throw Error("number of keys", "0", "at least 1");
  }
  if (scale >= state.multipliers.size()) {
    throw Error("scale", std::to_string(scale), "an index below " + std::to_string(state.multipliers.size()));
  }
  AttentionOutput<T> out;
  out.output.resize(state.query_count, state.value_dimension);
  out.log_sum_exp.resize(state.query_count);
  if (state.spread == Spread::compute) {
    out.participation.resize(state.query_count);
    out.entropy.resize(state.query_count);
  }
  const auto width = static_cast<std::size_t>(state.width);
  const auto dimension = static_cast<std::size_t>(state.value_dimension);
  SoftmaxSums<T> recent(1, 1, width, dimension);
  SoftmaxSums<double> totals(1, 1, width, dimension);
  const TileSums<double> sums = totals.of(0, 0);
  for (std::size_t t = 0; t < state.tiles(); ++t) {
    recent.of(0, 0).assign(state_->recent.of(t, scale));
    sums.assign(state_->totals.of(t, scale));
    move_sums(recent.of(0, 0), sums, state.keys_moved == 0, state.kernels.move, state.compute);
    const Index first = static_cast<Index>(t) * state.width;
    const Index count = std::min(state.width, state.query_count - first);
    for (Index lane = 0; lane < count; ++lane) {
      const auto q = static_cast<std::size_t>(lane);
      const Index query = first + lane;
      const double log_sum = portable_log(sums.sum[q]);
      out.log_sum_exp[query] = sums.maximum[q] * ln_2 + log_sum;
      if (state.spread == Spread::compute) {
        out.participation[query] = sums.squares[q] / (sums.sum[q] * sums.sum[q]);
        out.entropy[query] = std::max(0.0, log_sum - sums.weighted_logits[q] / sums.sum[q] * ln_2);
      }
      const double factor = 1 / sums.sum[q];
      for (std::size_t c = 0; c < dimension; ++c) {
        // An average lies in the range of what it averages, and what rounding adds to that may not even be finite.
        const double average = sums.output[c * width + q] * factor;
        out.output(query, static_cast<Index>(c)) = static_cast<T>(std::min(
            std::max(average, static_cast<double>(state.least[c])), static_cast<double>(state.largest[c])));
      }
    }
  }
  return out;
}

template <class T>
AttentionOutput<T> attend(const RowsView<T>& queries, const RowsView<T>& keys, const RowsView<T>& values,
                          T scale, Compute compute, Spread spread) {
  KeyValueCache<T> tokens(keys.cols(), values.cols());
  tokens.append(keys, values);
  StreamingAttention<T> attention(queries, scale, values.cols(), compute, spread);
  attention.accumulate(tokens, 0, tokens.size());
  return attention.result();
}

template class StreamingAttention<float>;
template class StreamingAttention<double>;
template AttentionOutput<float> attend(const RowsView<float>&, const RowsView<float>&, const RowsView<float>&,
                                       float, Compute, Spread);
template AttentionOutput<double> attend(const RowsView<double>&, const RowsView<double>&,
                                        const RowsView<double>&, double, Compute, Spread);

}  // namespace asymptoken
