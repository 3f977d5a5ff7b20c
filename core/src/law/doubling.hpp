#pragma once

#include "asymptoken/matrix.hpp"

namespace asymptoken::detail {

/// How the law tilted by 2t compares with the law tilted by t.
struct DoubledTilt {
  double log_inflation;  ///< log M(2t)/M(t)^2
  Vector mean_shift;     ///< grad K(2t) - grad K(t)
};

/// A law that knows the comparison without the cancellation in K(2t) - 2 K(t), whose terms grow with |t| while their
/// difference may not.
class DoublingLaw {
 public:
  virtual DoubledTilt doubled_tilt(const Vector& t) const = 0;

 protected:
  ~DoublingLaw() = default;
};

}  // namespace asymptoken::detail
