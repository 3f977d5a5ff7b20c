#pragma once

#include "asymptoken/experiment.hpp"
#include "asymptoken/linear.hpp"

namespace asymptoken {

/// x -> M x for values V y and queries A x. Never fused: like the tokens, they are the same bits on every target.
inline LinearMap projection(const Matrix& M, Compute compute) {
  compute.deterministic = true;
  return LinearMap(M.cast<float>(), {}, compute);
}

/// The tokens of one item, in order, and their values V y. All blocks of a sampled reference have the same tokens.
class TokenStream {
 public:
  /// Tokens are made and attended to in chunks of this many: a multiple of what StreamingAttention cuts at.
  static constexpr Index chunk = 4096;

  TokenStream(const Spec& spec, const Item& item, Compute compute)
      : law_(spec.law),
        target_(compute.target),
        stream_(item.is_reference()
                    ? Stream::of(spec.seed, StreamPurpose::reference)
                    : Stream::of(spec.seed, StreamPurpose::tokens, static_cast<std::uint32_t>(item.replicate),
                                 static_cast<std::uint32_t>(item.first_point))),
        value_map_(projection(spec.attention.V, compute)) {}

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

/// Multiply-adds of one query and one key: their product, and for each head the exponential (as a dozen) and the value.
inline double pair_work(const Spec& spec) {
  const auto heads = static_cast<double>(spec.attention.heads.size());
  return static_cast<double>(spec.law->dimension()) +
         heads * static_cast<double>(spec.attention.V.rows() + 12);
}

/// Multiply-adds of making one token and its value.
inline double sampling_work(const Spec& spec) {
  const auto d = static_cast<double>(spec.law->dimension());
  return d * (20 + d / 2 + static_cast<double>(spec.attention.V.rows()));
}

}  // namespace asymptoken
