#pragma once

#include "asymptoken/result.hpp"
#include "json/json.hpp"

namespace asymptoken {

Json parameters_json(const Result& result, const Curve& curve);
/// Without how far the measurement lies from them.
Json predictions_json(const Curve& curve);

}  // namespace asymptoken
