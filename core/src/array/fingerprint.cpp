#include "array/fingerprint.hpp"

#define XXH_INLINE_ALL  // NOLINT: how the library is used as a header
// NOLINTNEXTLINE: for WebAssembly it would include a header of Arm, which not every Emscripten has
#define XXH_HAS_INCLUDE(header) 0
#include <xxhash.h>

namespace asymptoken {

struct FingerprintBuilder::State {
  XXH3_state_t state;
};

FingerprintBuilder::FingerprintBuilder() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->state);
}

FingerprintBuilder::~FingerprintBuilder() = default;

void FingerprintBuilder::add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(&state_->state, bytes.data(), bytes.size());
}

Fingerprint FingerprintBuilder::result() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(&state_->state);
  return {.high = hash.high64, .low = hash.low64};
}

}  // namespace asymptoken
