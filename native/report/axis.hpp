#pragma once

#include <string>
#include <vector>

namespace asymptoken::native {

struct Tick {
  double value;
  std::string markup;  ///< what is written beside it; empty for a minor tick
};

/// Maps an interval of values to an interval of the picture, along a straight or logarithmic scale.
class Axis {
 public:
  enum class Scale { linear, logarithmic };

  /// The values from `low` to `high` and a little around them lie between `start` and `end` of the picture.
  Axis(Scale scale, double low, double high, double start, double end);

  double position(double value) const;
  bool holds(double value) const { return value >= low_ && value <= high_; }
  double low() const { return low_; }
  double high() const { return high_; }
  double start() const { return start_; }
  double end() const { return end_; }
  std::vector<Tick> ticks() const;

 private:
  std::vector<Tick> linear_ticks() const;
  std::vector<Tick> logarithmic_ticks() const;

  Scale scale_;
  double low_;
  double high_;
  double start_;
  double end_;
};

}  // namespace asymptoken::native
