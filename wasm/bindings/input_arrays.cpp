#include "input_arrays.hpp"

#include <utility>

#include "asymptoken/error.hpp"

namespace asymptoken::wasm {

void InputArrays::add(const std::string& name, NumberType type, std::vector<unsigned char> bytes,
                      std::vector<Index> shape, std::vector<Index> strides) {
  ArrayLayout layout{.type = type, .shape = std::move(shape), .strides = std::move(strides)};
  if (layout.shape.empty() || static_cast<std::size_t>(layout.size()) * size_of(type) != bytes.size()) {
    throw Error(name, std::to_string(bytes.size()) + " bytes",
                "as many as a " + text_of(layout) + " array takes");
  }
  const auto& kept =
      bytes_.emplace_back(std::make_shared<const std::vector<unsigned char>>(std::move(bytes)));
  inputs_.add(name, kept->data(), std::move(layout));
}

std::string InputArrays::fingerprint() const {
  std::string text;
  for (const auto& [name, array] : inputs_.all()) {
    text += name + " " + text_of(array.fingerprint()) + " ";
  }
  return text;
}

}  // namespace asymptoken::wasm
