#include "law/registry.hpp"

#include <algorithm>

namespace asymptoken {

LawType gaussian_law();
LawType gaussian_mixture_law();
LawType sphere_law();
LawType ball_law();
LawType box_law();
LawType two_point_law();
LawType points_law();
LawType autoregressive_law();

namespace {

std::vector<LawType> law_types() {
  return {gaussian_law(), gaussian_mixture_law(), sphere_law(), ball_law(),
          box_law(),      two_point_law(),        points_law(), autoregressive_law()};
}

}  // namespace

std::vector<LawDescription> laws() {
  std::vector<LawDescription> descriptions;
  for (const LawType& type : law_types()) {
    descriptions.push_back(type.description);
  }
  return descriptions;
}

LawPointer read_law(Reader& law) {
  const std::vector<LawType> types = law_types();
  std::vector<std::string_view> names;
  for (const LawType& type : types) {
    names.push_back(type.description.name);
  }
  if (!law.has("type")) {
    std::string known;
    for (const std::string_view name : names) {
      known += (known.empty() ? "one of " : ", ") + std::string(name);
    }
    law.reject("type", known);
  }
  const std::string name = law.choice("type", names);
  const LawPointer result =
      std::ranges::find(types, name, [](const LawType& type) { return type.description.name; })->read(law);
  law.finish();
  return result;
}

Index read_dimension(Reader& parameters, std::optional<Index> otherwise) {
  return static_cast<Index>(parameters.integer("dimension", otherwise, 1, 65536));
}

}  // namespace asymptoken
