#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace asymptoken::native {

/// How far a run is.
struct ProgressState {
  double fraction = 0;    ///< of the work, from 0 to 1, what is under way included
  std::int64_t done = 0;  ///< whole items
  std::int64_t total = 0;
  double seconds = 0;           ///< since this run began
  double seconds_left = -1;     ///< negative: not known yet
  double items_per_second = 0;  ///< by work, so that a long item counts while it runs
};

/// Shows it to somebody.
class ProgressDisplay {
 public:
  ProgressDisplay() = default;
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;
  virtual ~ProgressDisplay() = default;

  virtual void show(const ProgressState& state) = 0;
};

using ProgressDisplayPointer = std::unique_ptr<ProgressDisplay>;

/// `auto`: a bar when standard error is a terminal, else nothing. `json`: a line of JSON on standard error, twice a
/// second and at the end. `none`. Throws Error at any other mode. `unit` is what items are called, such as `items`.
ProgressDisplayPointer progress_display(const std::string& mode, std::string unit);

/// Turns work done into time left, and calls the display at a rate that a reader can follow.
class Progress {
 public:
  /// `restored` is the fraction that was there before this run began.
  Progress(ProgressDisplayPointer display, std::int64_t total, double restored);

  /// Call as often as you like.
  void update(double fraction, std::int64_t done);
  /// The last word; the bar disappears.
  void finish(double fraction, std::int64_t done);
  double seconds() const;

 private:
  ProgressState state(double fraction, std::int64_t done) const;

  using Clock = std::chrono::steady_clock;

  ProgressDisplayPointer display_;
  std::int64_t total_;
  double restored_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point shown_;
};

/// Such as `1 d 02:03:04`, `2:03:04` or `0:07`.
std::string duration_text(double seconds);

}  // namespace asymptoken::native
