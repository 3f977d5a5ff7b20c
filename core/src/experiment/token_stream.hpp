#pragma once

#include "asymptoken/experiment.hpp"
#include "asymptoken/linear.hpp"
#include "job/costs.hpp"

namespace asymptoken {

/// x -> M x for values V y and queries A x. Never fused: like the tokens, they are the same bits on every target.
inline LinearMap projection(const Matrix& M, Compute compute) {
  compute.deterministic = true;
  return LinearMap(M.cast<float>(), {}, compute);
}

/// The stream of an item for one purpose.
inline Stream stream_of(const Spec& spec, const Item& item, StreamPurpose purpose) {
  return Stream::of(spec.seed, purpose, static_cast<std::uint32_t>(item.replicate),
                    static_cast<std::uint32_t>(item.first_point));
}

/// The tokens of one stream, in order, and their values V y.
class TokenStream {
 public:
  static constexpr Index chunk = tokens_per_chunk;

  TokenStream(const Spec& spec, Stream stream, Compute compute)
      : law_(spec.law),
        target_(compute.target),
        stream_(stream),
        value_map_(projection(spec.attention.V, compute)) {}

  TokenStream(const Spec& spec, const Item& item, Compute compute)
      : TokenStream(spec, stream_of(spec, item, StreamPurpose::tokens), compute) {}

  /// Tokens first, first + 1, ... into the rows of `out`.
  void sample(std::int64_t first, Eigen::Ref<Rows<float>> out) const {
    law_->sample(stream_, static_cast<std::uint64_t>(first), out, target_);
  }

  Rows<float> values(const RowsView<float>& tokens) const { return value_map_(tokens); }

 private:
  LawPointer law_;
  SimdTarget target_;
  Stream stream_;
  LinearMap value_map_;
};

/// Multiply-adds of one query and one key under all heads.
inline double pair_work(const Spec& spec) {
  return pair_work(spec.law->dimension(), spec.attention.V.rows(), spec.attention.heads.size());
}

/// Multiply-adds of making one token and its value.
inline double sampling_work(const Spec& spec) {
  return token_work(*spec.law) + static_cast<double>(spec.law->dimension() * spec.attention.V.rows());
}

}  // namespace asymptoken
