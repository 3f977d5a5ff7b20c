#include "asymptoken/result.hpp"
#include "special/text.hpp"

namespace asymptoken {

using detail::text_of;

namespace {

std::string text_of_parameter(const ParameterValue& value) {
  const double* number = std::get_if<double>(&value);
  return number != nullptr ? text_of(*number) : std::get<std::string>(value);
}

}  // namespace

std::string to_csv(const Result& result) {
  std::string csv = "curve";
  for (const Parameter& parameter : result.parameters) {
    csv += "," + parameter.id;
  }
  csv += ",n,metric,mean,standard_deviation,standard_error,count\n";
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    const Curve& curve = result.curves[c];
    std::string start = std::to_string(c);
    for (const ParameterValue& value : curve.parameters) {
      start += "," + text_of_parameter(value);
    }
    for (const Point& point : curve.points) {
      for (std::size_t metric = 0; metric < result.metrics.size(); ++metric) {
        if (const std::optional<Estimate>& estimate = point.metrics[metric]) {
          csv += start + "," + std::to_string(point.n) + "," + result.metrics[metric].id + "," +
                 text_of(estimate->mean) + "," + text_of(estimate->standard_deviation) + "," +
                 text_of(estimate->standard_error()) + "," + std::to_string(estimate->count) + "\n";
        }
      }
    }
  }
  return csv;
}

}  // namespace asymptoken
