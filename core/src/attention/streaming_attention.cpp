#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "asymptoken/attention.hpp"
#include "asymptoken/error.hpp"
#include "simd/kernels.hpp"
#include "special/log.hpp"

namespace asymptoken {

namespace {

constexpr double ln_2 = 0.693147180559945309417;
constexpr double log2_e = 1.44269504088896340736;

/// After this many keys the kernel's sums move to float64, which bounds the rounding of long float32 sums.
constexpr Index keys_between_moves = 16 * simd::keys_per_block;

template <class T>
Index tile_width(const simd::Kernels& kernels) {
  if constexpr (std::is_same_v<T, float>) {
    return kernels.width_float;
  } else {
    return kernels.width_double;
  }
}

template <class T>
simd::AttentionFunction<T> attention_function(const simd::Kernels& kernels, Spread spread) {
  if constexpr (std::is_same_v<T, float>) {
    return spread == Spread::compute ? kernels.attend_float_with_spread : kernels.attend_float;
  } else {
    return kernels.attend_double;
  }
}

/// What the softmaxes of one tile's queries add up to, relative to a maximum in base 2. One softmax after the other, each
/// with one number a query, the output with one for each query and dimension.
template <class T>
struct Sums {
  Sums(std::size_t queries, std::size_t value_dimension)
      : maximum(queries),
        sum(queries),
        squares(queries),
        weighted_logits(queries),
        output(queries * value_dimension) {}

  std::vector<T> maximum;
  std::vector<T> sum;
  std::vector<T> squares;
  std::vector<T> weighted_logits;
  std::vector<T> output;
};

/// Adds what the kernel gathered to the float64 sums and starts the kernel's anew, its maximum kept. `empty` float64 sums
/// take over the maximum first: it may lie so far below their 0 that no factor could bridge the two.
template <class T>
void move_sums(Sums<T>& from, Sums<double>& to, bool empty, std::size_t width, const simd::Kernels& kernels) {
  const std::size_t queries = from.maximum.size();
  if (empty) {
    to.maximum.assign(from.maximum.begin(), from.maximum.end());
  }
  std::vector<double> factor(queries);
  for (std::size_t q = 0; q < queries; ++q) {
    factor[q] = (to.maximum[q] - static_cast<double>(from.maximum[q])) * ln_2;
  }
  kernels.exp_double(factor.data(), factor.data(), queries);
  for (std::size_t q = 0; q < queries; ++q) {
    const double shift = (to.maximum[q] - static_cast<double>(from.maximum[q])) * to.sum[q];
    to.weighted_logits[q] =
        (to.weighted_logits[q] + shift) * factor[q] + static_cast<double>(from.weighted_logits[q]);
    to.sum[q] = to.sum[q] * factor[q] + static_cast<double>(from.sum[q]);
    to.squares[q] = to.squares[q] * (factor[q] * factor[q]) + static_cast<double>(from.squares[q]);
    to.maximum[q] = static_cast<double>(from.maximum[q]);
  }
  const std::size_t per_softmax = from.output.size() / (queries / width);
  for (std::size_t start = 0; start < from.output.size(); start += width) {
    const double* factors = factor.data() + start / per_softmax * width;
    for (std::size_t q = 0; q < width; ++q) {
      to.output[start + q] = to.output[start + q] * factors[q] + static_cast<double>(from.output[start + q]);
    }
  }
  std::ranges::fill(from.sum, T(0));
  std::ranges::fill(from.squares, T(0));
  std::ranges::fill(from.weighted_logits, T(0));
  std::ranges::fill(from.output, T(0));
}

}  // namespace

template <class T>
struct StreamingAttention<T>::State {
  const simd::Kernels* kernels = nullptr;
  simd::AttentionFunction<T> attend = nullptr;
  Spread spread = Spread::skip;
  Index query_count = 0;
  Index key_dimension = 0;
  Index value_dimension = 0;
  Index width = 0;
  std::int64_t keys_seen = 0;
  std::vector<T> multipliers;
  std::vector<T> queries;  ///< tiles x key_dimension x width, scaled
  std::vector<T> logits;   ///< scratch of the kernel
  std::vector<T> weights;  ///< scratch of the kernel
  std::vector<Sums<T>> recent;
  std::vector<Sums<double>> total;

  Index tiles() const { return (query_count + width - 1) / width; }
};

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
  state.kernels = &simd::kernels(compute);
  state.attend = attention_function<T>(*state.kernels, spread);
  state.spread = spread;
  state.query_count = queries.rows();
  state.key_dimension = queries.cols();
  state.value_dimension = value_dimension;
  state.width = tile_width<T>(*state.kernels);
  state.multipliers.assign(scales.begin(), scales.end());
  state.queries.resize(static_cast<std::size_t>(state.tiles() * state.key_dimension * state.width));
  const auto scratch = static_cast<std::size_t>(simd::keys_per_block * state.width);
  state.weights.resize(scratch);
  state.logits.resize(scales.size() > 1 ? scratch : 0);
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
  const std::size_t per_tile = static_cast<std::size_t>(state.width) * scales.size();
  state.recent.assign(static_cast<std::size_t>(state.tiles()),
                      Sums<T>(per_tile, static_cast<std::size_t>(value_dimension)));
  state.total.assign(static_cast<std::size_t>(state.tiles()),
                     Sums<double>(per_tile, static_cast<std::size_t>(value_dimension)));
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
  for (std::size_t t = 0; t < state.recent.size(); ++t) {
    Sums<T>& recent = state.recent[t];
    simd::AttentionTile<T> tile{
        .key_dimension = state.key_dimension,
        .value_dimension = state.value_dimension,
        .queries = state.queries.data() + static_cast<Index>(t) * state.key_dimension * state.width,
        .keys = tokens.keys_.data(),
        .values = tokens.values_.data(),
        .multipliers = state.multipliers.data(),
        .softmaxes = static_cast<Index>(state.multipliers.size()),
        .started = state.keys_seen > 0,
        .logits = state.logits.data(),
        .weights = state.weights.data(),
        .maximum = recent.maximum.data(),
        .sum = recent.sum.data(),
        .squares = recent.squares.data(),
        .weighted_logits = recent.weighted_logits.data(),
        .output = recent.output.data(),
    };
    for (Index begin = first; begin < last;) {
      const Index end = std::min(last, (begin / keys_between_moves + 1) * keys_between_moves);
      state.attend(tile, begin, end);
      move_sums(recent, state.total[t], !tile.started, static_cast<std::size_t>(state.width), *state.kernels);
      tile.started = true;
      begin = end;
    }
  }
  state.keys_seen += last - first;
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
  const std::size_t outputs = scale * static_cast<std::size_t>(state.value_dimension) * width;
  for (Index query = 0; query < state.query_count; ++query) {
    const Sums<double>& sums = state.total[static_cast<std::size_t>(query / state.width)];
    const auto lane = static_cast<std::size_t>(query % state.width);
    const std::size_t q = scale * width + lane;
    const double log_sum = portable_log(sums.sum[q]);
    for (Index c = 0; c < state.value_dimension; ++c) {
      out.output(query, c) =
          static_cast<T>(sums.output[outputs + static_cast<std::size_t>(c) * width + lane] / sums.sum[q]);
    }
    out.log_sum_exp[query] = sums.maximum[q] * ln_2 + log_sum;
    if (state.spread == Spread::compute) {
      out.participation[query] = sums.squares[q] / (sums.sum[q] * sums.sum[q]);
      out.entropy[query] = std::max(0.0, log_sum - sums.weighted_logits[q] / sums.sum[q] * ln_2);
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
