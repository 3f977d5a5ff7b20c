#pragma once

#include <vector>

namespace asymptoken::detail {

struct QuadratureNode {
  double x;
  double weight;
};

/// The Gauss-Legendre rule on [0, length], exact for polynomials of degree below 2 count.
std::vector<QuadratureNode> gauss_legendre(int count, double length);

}  // namespace asymptoken::detail
