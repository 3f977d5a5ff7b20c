#include "experiment/uniform/ball_search.hpp"

#include <algorithm>
#include <utility>

namespace asymptoken {

BallSearch::BallSearch(std::vector<Ball> balls, BallSurvey survey, std::size_t starts, double probe)
    : balls_(std::move(balls)), survey_(std::move(survey)), starts_(starts), probe_(probe) {
  ask_survey();
}

void BallSearch::ask_survey() {
  const Rows<double>& points = survey_.points();
  tilts_.resize(static_cast<Index>(balls_.size()) * points.rows(), points.cols());
  for (std::size_t b = 0; b < balls_.size(); ++b) {
    tilts_.middleRows(static_cast<Index>(b) * points.rows(), points.rows()) =
        balls_[b].radius * points * balls_[b].form->A.transpose();
  }
}

void BallSearch::hear(const Rows<double>& errors) {
  if (climbers_.empty()) {
    start_climbers(errors);
  } else {
    Index row = 0;
    for (std::vector<BallClimber>& group : climbers_) {
      for (BallClimber& climber : group) {
        if (const Index wanted = climber.wanted(); wanted > 0) {
          climber.hear(errors, row);
          row += wanted;
        }
      }
    }
  }
  ask_climbers();
}

void BallSearch::start_climbers(const Rows<double>& errors) {
  const Rows<double>& points = survey_.points();
  for (std::size_t b = 0; b < balls_.size(); ++b) {
    const Rows<double> of_ball = errors.middleRows(static_cast<Index>(b) * points.rows(), points.rows());
    const Vector heights = (of_ball * balls_[b].form->V.transpose()).rowwise().norm();
    std::vector<BallClimber>& group = climbers_.emplace_back();
    for (const Index summit : survey_.summits(heights, starts_)) {
      group.emplace_back(balls_[b], probe_, balls_[b].radius * points.row(summit).transpose(),
                         of_ball.row(summit).transpose());
    }
  }
}

void BallSearch::ask_climbers() {
  Index rows = 0;
  for (const std::vector<BallClimber>& group : climbers_) {
    for (const BallClimber& climber : group) {
      rows += climber.wanted();
    }
  }
  tilts_.resize(rows, survey_.points().cols());
  Index row = 0;
  for (const std::vector<BallClimber>& group : climbers_) {
    for (const BallClimber& climber : group) {
      if (const Index wanted = climber.wanted(); wanted > 0) {
        climber.ask(tilts_, row);
        row += wanted;
      }
    }
  }
}

double BallSearch::highest_climber(std::size_t ball) const {
  return std::ranges::max_element(climbers_[ball], {}, &BallClimber::height)->height();
}

std::vector<BallMaximum> BallSearch::maxima() const {
  constexpr double tolerance = 1e-3;
  std::vector<BallMaximum> found;
  for (std::size_t b = 0; b < balls_.size(); ++b) {
    double supremum = 0;
    for (std::size_t other = 0; other < balls_.size(); ++other) {
      if (balls_[other].form == balls_[b].form && balls_[other].radius <= balls_[b].radius) {
        supremum = std::max(supremum, highest_climber(other));
      }
    }
    const auto agreeing = std::ranges::count_if(climbers_[b], [&](const BallClimber& climber) {
      return climber.height() >= (1 - tolerance) * supremum;
    });
    found.push_back({.supremum = supremum,
                     .agreement = static_cast<double>(agreeing) / static_cast<double>(climbers_[b].size())});
  }
  return found;
}

}  // namespace asymptoken
