#include "law/registry.hpp"

#include <algorithm>

namespace asymptoken {

// Each law's file ends with the function that reads its parameters: every key of `law` but `type`.
LawPointer read_gaussian(Reader& parameters);
LawPointer read_gaussian_mixture(Reader& parameters);
LawPointer read_sphere(Reader& parameters);
LawPointer read_ball(Reader& parameters);
LawPointer read_box(Reader& parameters);
LawPointer read_two_point(Reader& parameters);
LawPointer read_points(Reader& parameters);
LawPointer read_autoregressive(Reader& parameters);

namespace {

/// How a spec's `law` object becomes a law.
struct LawType {
  std::string_view name;  ///< the value of `law.type`
  LawPointer (*read)(Reader& parameters);
};

constexpr LawType law_types[] = {
    {"gaussian", read_gaussian}, {"gaussian_mixture", read_gaussian_mixture},
    {"sphere", read_sphere},     {"ball", read_ball},
    {"box", read_box},           {"two_point", read_two_point},
    {"points", read_points},     {"autoregressive", read_autoregressive},
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
