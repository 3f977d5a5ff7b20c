#pragma once

#include "asymptoken/result.hpp"
#include "json/json.hpp"

namespace asymptoken {

Json parameters_json(const Curve& curve);
Json predictions_json(const Curve& curve);
Json curve_json(const Curve& curve, const std::vector<std::string>& metrics);

/// Throws Json::exception or Error when it is not what curve_json writes.
Curve curve_from(const Json& json, const std::vector<std::string>& metrics);

}  // namespace asymptoken
