#include "experiment/uniform/ball_climber.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace asymptoken {

namespace {

/// Of what the gradient promises, an accepted step must gain this share.
constexpr double least_share = 1e-4;
/// Relative to f, a gain that ends the ascent.
constexpr double negligible_gain = 1e-8;
/// Relative to the radius, a step that ends it.
constexpr double negligible_step = 1e-8;
/// In radii. From so far outside, the projection is the gradient's direction.
constexpr double longest_step = 1e3;

Vector projected(const Vector& x, double radius) {
  const double norm = x.stableNorm();
  return norm > radius ? Vector(x * (radius / norm)) : x;
}

}  // namespace

BallClimber::BallClimber(const Ball& ball, double probe, const Vector& x, const Vector& error)
    : ball_(ball), probe_(probe) {
  stand_at(x, error);
}

Index BallClimber::wanted() const {
  switch (state_) {
    case State::probing:
      return 2;
    case State::trying:
      return 1;
    case State::resting:
      break;
  }
  return 0;
}

void BallClimber::ask(Rows<double>& tilts, Index first) const {
  if (state_ == State::trying) {
    tilts.row(first) = (ball_.form->A * trial_).transpose();
    return;
  }
  const Vector t = ball_.form->A * x_;
  const Vector offset = probe_ * direction_.stableNormalized();
  tilts.row(first) = (t + offset).transpose();
  tilts.row(first + 1) = (t - offset).transpose();
}

void BallClimber::hear(const Rows<double>& errors, Index first) {
  tilts_left_ -= static_cast<int>(wanted());
  if (state_ == State::trying) {
    hear_trial(errors.row(first).transpose());
  } else {
    hear_gradient((errors.row(first) - errors.row(first + 1)).transpose() / (2 * probe_));
  }
}

void BallClimber::stand_at(const Vector& x, const Vector& error) {
  x_ = x;
  height_ = height_of(error);
  direction_ = ball_.form->V.transpose() * (ball_.form->V * error);
  // A gradient and a step that uses it: three tilts.
  const bool may_go_on = height_ > 0 && std::isfinite(height_) && tilts_left_ >= 3;
  state_ = may_go_on ? State::probing : State::resting;
}

void BallClimber::hear_gradient(const Vector& derivative) {
  last_gradient_ = std::exchange(gradient_, ball_.form->A.transpose() * derivative * direction_.stableNorm());
  const double size = gradient_.stableNorm();
  if (!(size > 0) || !std::isfinite(size)) {
    state_ = State::resting;
    return;
  }
  const double one_radius = ball_.radius / size;
  step_ = one_radius;
  if (last_x_.size() > 0) {
    // The step of Barzilai and Borwein: the curvature along the last one.
    const Vector moved = x_ - last_x_;
    const double curvature = std::abs(moved.dot(gradient_ - last_gradient_));
    step_ = std::min(longest_step * one_radius,
                     curvature > 0 ? moved.squaredNorm() / curvature : longest_step * one_radius);
  }
  last_x_ = x_;
  try_step();
}

void BallClimber::try_step() {
  trial_ = projected(x_ + step_ * gradient_, ball_.radius);
  const bool moves = (trial_ - x_).stableNorm() > negligible_step * ball_.radius;
  state_ = moves && tilts_left_ > 0 ? State::trying : State::resting;
}

void BallClimber::hear_trial(const Vector& error) {
  const double before = height_ * height_ / 2;
  const double trial_height = height_of(error);
  const double gain = (trial_height - height_) * (trial_height + height_) / 2;
  if (gain >= least_share * gradient_.dot(trial_ - x_)) {
    stand_at(trial_, error);
    if (gain <= negligible_gain * before) {
      state_ = State::resting;
    }
    return;
  }
  step_ /= 4;
  try_step();
}

}  // namespace asymptoken
