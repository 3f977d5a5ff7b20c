#include "law/registry.hpp"

#include <algorithm>

namespace asymptoken {

namespace {

constexpr LawType law_types[] = {
    {"gaussian", read_gaussian},
    {"sphere", read_sphere},
};

}  // namespace

std::vector<std::string_view> law_names() {
  std::vector<std::string_view> names;
  for (const LawType& type : law_types) {
    names.push_back(type.name);
  }
  return names;
}

LawPointer read_law(Reader& law) {
  const std::string name = law.choice("type", law_names());
  const LawPointer result = std::ranges::find(law_types, name, &LawType::name)->read(law);
  law.finish();
  return result;
}

Index read_dimension(Reader& parameters) {
  return static_cast<Index>(parameters.integer("dimension", std::nullopt, 1, 65536));
}

}  // namespace asymptoken
