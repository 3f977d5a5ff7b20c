#include "spec/token_sweep.hpp"

namespace asymptoken {

void read_tokens(Reader& spec, Spec& into) {
  constexpr std::int64_t least = 1;
  constexpr std::int64_t most = 1'000'000'000'000;
  if (!spec.is_object("tokens")) {
    into.tokens = spec.integers("tokens", least, most, R"({"from", "to", "count"}, )");
    return;
  }
  Reader tokens = spec.object("tokens");
  into.tokens = tokens.has("list") ? tokens.integers("list", least, most) : tokens.integer_grid(least, most);
  into.nested = tokens.boolean("nested", into.nested);
  tokens.finish();
}

}  // namespace asymptoken
