#include "work/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "asymptoken/error.hpp"

namespace asymptoken::native {

namespace {

// A progress line that cannot be written is no reason to stop a run.
void write_stderr(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

int terminal_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string rate_text(double rate) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), rate < 100 ? "%.3g" : "%.0f", rate);
  return text.data();
}

class Bar : public ProgressDisplay {
 public:
  explicit Bar(std::string unit) : unit_(std::move(unit)) {}
  Bar(const Bar&) = delete;
  Bar& operator=(const Bar&) = delete;
  ~Bar() override { write_stderr("\r\x1b[K"); }

  void show(const ProgressState& state) override {
    const int percent = static_cast<int>(std::floor(100 * state.fraction));
    const std::string before = (percent < 10    ? "  "
                                : percent < 100 ? " "
                                                : "") +
                               std::to_string(percent) + "% ";
    std::string after =
        " " + std::to_string(state.done) + "/" + std::to_string(state.total) + " " + unit_ + "  ";
    after += state.seconds_left < 0 ? duration_text(state.seconds) + " so far"
                                    : duration_text(state.seconds_left) + " left";
    if (state.items_per_second > 0) after += "  " + rate_text(state.items_per_second) + " " + unit_ + "/s";

    // One column stays free, because some terminals wrap when the last one is written.
    const int room =
        std::min(terminal_columns() - 1 - static_cast<int>(before.size() + after.size()) - 2, 40);
    std::string bar;
    if (room >= 8) {
      const int filled = static_cast<int>(std::lround(state.fraction * room));
      bar = "[" + std::string(static_cast<std::size_t>(filled), '#') +
            std::string(static_cast<std::size_t>(room - filled), '.') + "]";
    }
    write_stderr("\r\x1b[K" + before + bar + after);
  }

 private:
  std::string unit_;
};

class JsonLines : public ProgressDisplay {
 public:
  void show(const ProgressState& state) override {
    nlohmann::ordered_json line = {
        {"fraction", state.fraction}, {"done", state.done},
        {"total", state.total},       {"seconds", state.seconds},
        {"seconds_left", nullptr},    {"items_per_second", state.items_per_second}};
    if (state.seconds_left >= 0) line["seconds_left"] = state.seconds_left;
    write_stderr(line.dump() + "\n");
  }
};

class Silence : public ProgressDisplay {
 public:
  void show(const ProgressState& /*state*/) override {}
};

}  // namespace

ProgressDisplayPointer progress_display(const std::string& mode, std::string unit) {
  if (mode == "json") return std::make_unique<JsonLines>();
  if (mode == "none") return std::make_unique<Silence>();
  if (mode != "auto") throw Error("--progress", mode, "auto, json or none");
  if (::isatty(STDERR_FILENO) == 1) return std::make_unique<Bar>(std::move(unit));
  return std::make_unique<Silence>();
}

Progress::Progress(ProgressDisplayPointer display, std::int64_t total, double restored)
    : display_(std::move(display)), total_(total), restored_(restored) {}

void Progress::update(double fraction, std::int64_t done) {
  constexpr std::chrono::milliseconds interval{500};
  const auto now = Clock::now();
  if (shown_ != Clock::time_point{} && now - shown_ < interval) return;
  shown_ = now;
  display_->show(state(fraction, done));
}

void Progress::finish(double fraction, std::int64_t done) {
  display_->show(state(fraction, done));
  display_.reset();
}

double Progress::seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

ProgressState Progress::state(double fraction, std::int64_t done) const {
  ProgressState state{
      .fraction = std::clamp(fraction, 0.0, 1.0), .done = done, .total = total_, .seconds = seconds()};
  const double speed = (state.fraction - restored_) / state.seconds;
  // The first moments say little about the rest.
  if (speed > 0 && state.seconds > 0.2) {
    state.seconds_left = (1 - state.fraction) / speed;
    state.items_per_second = speed * static_cast<double>(total_);
  }
  return state;
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(std::min(seconds, 1e12)));
  const std::int64_t days = whole / 86400;
  const std::int64_t hours = whole / 3600 % 24;
  std::array<char, 64> text{};
  const auto minutes = static_cast<int>(whole / 60 % 60);
  const auto rest = static_cast<int>(whole % 60);
  if (days > 0) {
    std::snprintf(text.data(), text.size(), "%lld d %02d:%02d:%02d", static_cast<long long>(days),
                  static_cast<int>(hours), minutes, rest);
  } else if (hours > 0) {
    std::snprintf(text.data(), text.size(), "%d:%02d:%02d", static_cast<int>(hours), minutes, rest);
  } else {
    std::snprintf(text.data(), text.size(), "%d:%02d", minutes, rest);
  }
  return text.data();
}

}  // namespace asymptoken::native
