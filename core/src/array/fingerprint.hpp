#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "asymptoken/array.hpp"

namespace asymptoken {

/// XXH3 with 128 bits over what is added, as if it came in one piece.
class FingerprintBuilder {
 public:
  FingerprintBuilder();
  ~FingerprintBuilder();
  FingerprintBuilder(const FingerprintBuilder&) = delete;
  FingerprintBuilder& operator=(const FingerprintBuilder&) = delete;

  void add(std::span<const std::byte> bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  template <class T>
  void add(const Rows<T>& rows) {
    add(std::as_bytes(std::span(rows.data(), static_cast<std::size_t>(rows.size()))));
  }
  Fingerprint result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace asymptoken
