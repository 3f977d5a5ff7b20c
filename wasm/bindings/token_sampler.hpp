#pragma once

#include <string>

#include "asymptoken/spec.hpp"

namespace asymptoken::wasm {

/// The tokens that heatmaps show: of one replicate, those of the spec's first point, continued as far as is asked for.
Stream token_stream(const Spec& spec, Index replicate);

/// About how many multiply-adds it takes to make one.
double work_of_a_token(const Spec& spec);

/// Throws Error unless `tokens` rows of so many floats each fit in 2 GB; the sentence names the amount.
void check_token_memory(Index tokens, Index floats_each);

/// The tokens of a spec's law, in parts.
class TokenSampler {
 public:
  /// Throws Error when the spec is wrong or the tokens would not fit in memory.
  TokenSampler(const std::string& spec_json, Index tokens, Index replicate);

  Index dimension() const { return spec_.law->dimension(); }
  double work() const { return work_of_a_token(spec_); }
  /// Tokens first .. first + count - 1, one a row.
  Rows<float> sample(Index first, Index count) const;

 private:
  Spec spec_;
  Stream stream_;
};

}  // namespace asymptoken::wasm
