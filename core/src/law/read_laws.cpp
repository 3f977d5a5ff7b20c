#include "law/registry.hpp"

namespace asymptoken {

LawPointer read_gaussian(Reader& parameters) {
  const Index dimension = read_dimension(parameters);
  const Vector mean = parameters.vector("mean", dimension, 0.0);
  return gaussian(mean, parameters.matrix("covariance", dimension, 1.0));
}

LawPointer read_sphere(Reader& parameters) {
  const Index dimension = read_dimension(parameters);
  return sphere(dimension, parameters.number("radius", 1.0, {1e-150, 1e150}));
}

}  // namespace asymptoken
