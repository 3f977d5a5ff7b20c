#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "asymptoken/spec.hpp"

// asymptoken_tokens N REPLICATE < SPEC: the first N tokens of the spec's first point, as the bytes of their floats.

int main(int argc, char** argv) {
  try {
    if (argc != 3) {
      throw std::runtime_error("expected N REPLICATE");
    }
    const std::string json{std::istreambuf_iterator<char>(std::cin), {}};
    const asymptoken::Spec spec = asymptoken::parse_spec(json);
    const auto replicate = static_cast<std::uint32_t>(std::stoul(argv[2]));
    asymptoken::Rows<float> tokens(std::stol(argv[1]), spec.law->dimension());
    spec.law->sample(asymptoken::Stream::of(spec.seed, asymptoken::StreamPurpose::tokens, replicate), 0,
                     tokens);
    std::cout.write(reinterpret_cast<const char*>(tokens.data()),
                    static_cast<std::streamsize>(sizeof(float)) * tokens.size());
    return std::cout.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
