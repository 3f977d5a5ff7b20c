#pragma once

#include <vector>

#include "experiment/uniform/ball_climber.hpp"
#include "experiment/uniform/ball_survey.hpp"

namespace asymptoken {

/// What a search found in one ball.
struct BallMaximum {
  double supremum;   ///< the largest |V w(A x)| that it met: a lower bound of the true supremum
  double agreement;  ///< the share of ascents that ended within 1e-3 of it, relative
};

/// Looks for sup |V w(A x)| over several balls at once: at the points of a survey, then by an ascent from each summit.
/// Like its climbers it asks for w at many tilts, and hears.
class BallSearch {
 public:
  /// At most `starts` ascents in each ball. `probe` is that of BallClimber.
  BallSearch(std::vector<Ball> balls, BallSurvey survey, std::size_t starts, double probe);

  /// Where w is to be known next, t = A x one a row; no rows once the search is over.
  const Rows<double>& tilts() const { return tilts_; }
  /// w at these tilts, in the same rows.
  void hear(const Rows<double>& errors);

  /// One for each ball, in the order given. A point of a ball lies in every larger one of the same head, so the suprema
  /// grow with the radius.
  std::vector<BallMaximum> maxima() const;

 private:
  void ask_survey();
  void ask_climbers();
  void start_climbers(const Rows<double>& errors);
  double highest_climber(std::size_t ball) const;

  std::vector<Ball> balls_;
  BallSurvey survey_;
  std::size_t starts_;
  double probe_;
  Rows<double> tilts_;
  std::vector<std::vector<BallClimber>> climbers_;  ///< of each ball; none during the survey
};

}  // namespace asymptoken
