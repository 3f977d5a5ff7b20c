#pragma once

#include "asymptoken/limit.hpp"

namespace asymptoken {

/// The queries |x| <= radius of one head.
struct Ball {
  const AttentionForm* form;
  double radius;
};

/// Ascent of f(x) = |V w(A x)|^2 / 2 within a ball by projected gradients with backtracking, for a w that somebody else
/// evaluates: the climber asks for w at the tilts it wants to know next, and hears the answers.
///
/// In the experiment w = grad(K_n - K), K_n the log-mean-exp over n tokens. With J = dGamma_n/dx - dGamma/dx =
/// V (Cov_n(x) - C(Ax)) A, the gradient is J'V w = A' Hess(K_n - K) u at t = A x, for u = V'V w. One direction u a query
/// needs no Hessian but the derivative of w along u: it is taken as the central difference (w(t + h u/|u|) - w(t - h
/// u/|u|)) |u| / 2h, which in float64 gives it to about 1e-8 of the size of the Hessians.
class BallClimber {
 public:
  /// `probe` is h, small beside 1/|y| for the tokens y.
  BallClimber(const Ball& ball, double probe, const Vector& x, const Vector& error);

  /// The most tilts that one climber asks for, all told.
  static constexpr int most_tilts = 120;

  /// How many tilts it wants to know next, 1 or 2; 0 once it rests.
  Index wanted() const;
  /// Writes them into rows first, first + 1, ...
  void ask(Rows<double>& tilts, Index first) const;
  /// w at them, in the same rows.
  void hear(const Rows<double>& errors, Index first);

  const Vector& x() const { return x_; }
  /// |V w(A x)|
  double height() const { return height_; }
  /// The last that was made; empty before the first.
  const Vector& gradient() const { return gradient_; }

 private:
  enum class State { probing, trying, resting };

  void hear_gradient(const Vector& derivative);
  void hear_trial(const Vector& error);
  void stand_at(const Vector& x, const Vector& error);
  /// Looks for the next point `step_` gradients away, and rests where that moves nothing.
  void try_step();
  double height_of(const Vector& error) const { return (ball_.form->V * error).norm(); }

  Ball ball_;
  double probe_;
  State state_ = State::resting;
  int tilts_left_ = most_tilts;
  Vector x_;
  double height_ = 0;
  Vector direction_;  ///< u = V'V w
  Vector gradient_;
  double step_ = 0;
  Vector trial_;
  Vector last_x_;  ///< where the gradient was made before
  Vector last_gradient_;
};

}  // namespace asymptoken
