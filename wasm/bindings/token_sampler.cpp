#include "token_sampler.hpp"

#include <cmath>

#include "asymptoken/error.hpp"

namespace asymptoken::wasm {

Stream token_stream(const Spec& spec, Index replicate) {
  return Stream::of(spec.seed, StreamPurpose::tokens, static_cast<std::uint32_t>(replicate));
}

double work_of_a_token(const Spec& spec) {
  const auto d = static_cast<double>(spec.law->dimension());
  return d * (20 + d / 2);
}

void check_token_memory(Index tokens, Index floats_each) {
  constexpr double limit = 2e9;
  const double bytes = sizeof(float) * static_cast<double>(tokens) * static_cast<double>(floats_each);
  if (bytes > limit) {
    throw Error("n", std::to_string(tokens),
                "so few tokens that they fit in 2 GB of memory: they would need " +
                    std::to_string(static_cast<int>(std::ceil(bytes / 1e9))) + " GB");
  }
}

TokenSampler::TokenSampler(const std::string& spec_json, Index tokens, Index replicate)
    : spec_(parse_spec(spec_json)), stream_(token_stream(spec_, replicate)) {
  check_token_memory(tokens, spec_.law->dimension());
}

Rows<float> TokenSampler::sample(Index first, Index count) const {
  Rows<float> tokens(count, spec_.law->dimension());
  spec_.law->sample(stream_, static_cast<std::uint64_t>(first), tokens);
  return tokens;
}

}  // namespace asymptoken::wasm
