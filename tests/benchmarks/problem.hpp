#pragma once

#include "asymptoken/attention.hpp"

namespace asymptoken::benchmarks {

/// What is measured is attention of these, with scale 1/sqrt(d).
struct Arrays {
  Rows<float> queries;
  Rows<float> keys;
  Rows<float> values;
};

/// Rows of d standard normal numbers.
Arrays normal_arrays(Index queries, Index keys, Index d);

float scale_of(const Arrays& arrays);

/// The largest absolute difference to float64, computed from the definition, in eight outputs.
double error_of(const Rows<float>& outputs, const Arrays& arrays);

/// Mean and population covariance of the outputs in float64, computed from the definition.
template <class T>
Moments exact_moments(const Rows<T>& queries, const Rows<T>& keys, const Rows<T>& values, double scale);

/// The largest absolute difference to those.
double error_of(const Moments& moments, const Moments& exact);

}  // namespace asymptoken::benchmarks
