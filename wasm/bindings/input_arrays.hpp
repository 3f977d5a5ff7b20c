#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "asymptoken/array.hpp"

namespace asymptoken::wasm {

/// Arrays that came from JavaScript, kept here: inputs of a spec, or queries, keys and values.
class InputArrays {
 public:
  /// Strides are in numbers; none: rows contiguous. Throws Error unless the bytes are as many as the shape takes.
  void add(const std::string& name, NumberType type, std::vector<unsigned char> bytes,
           std::vector<Index> shape, std::vector<Index> strides);

  /// Of all of them together: text that differs, and practically only then, when one does.
  std::string fingerprint() const;

  const Inputs& inputs() const { return inputs_; }
  /// Throws Error when there is none of that name.
  const Array& at(const std::string& name) const { return inputs_.at(name, name); }

 private:
  std::vector<std::shared_ptr<const std::vector<unsigned char>>>
      bytes_;  ///< shared by copies, which point to them
  Inputs inputs_;
};

}  // namespace asymptoken::wasm
