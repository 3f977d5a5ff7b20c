#include <algorithm>
#include <utility>

#include "asymptoken/attention_jobs.hpp"
#include "job/costs.hpp"

namespace asymptoken {

namespace {

/// Few at a time.
class Tokens final : public Execution {
 public:
  Tokens(LawPointer law, Stream stream, IndexRange range, Compute compute)
      : Execution(static_cast<double>(range.size()) * token_work(*law)),
        law_(std::move(law)),
        stream_(stream),
        range_(range),
        compute_(compute) {}

 private:
  double step(double /*work*/) override {
    constexpr Index tokens_per_step = 256;
    const Index count = std::min(tokens_per_step, range_.size() - made_);
    Rows<float> tokens(count, law_->dimension());
    law_->sample(stream_, static_cast<std::uint64_t>(range_.first + made_), tokens, compute_.target);
    numbers_.insert(numbers_.end(), tokens.data(), tokens.data() + tokens.size());
    made_ += count;
    if (made_ == range_.size()) {
      finish(std::move(numbers_));
    }
    return static_cast<double>(count) * token_work(*law_);
  }

  LawPointer law_;
  Stream stream_;
  IndexRange range_;
  Compute compute_;
  Index made_ = 0;
  std::vector<double> numbers_;
};

}  // namespace

TokensJob::TokensJob(LawPointer law, Stream stream, Index n)
    : law_(std::move(law)), stream_(stream), n_(n), rows_per_item_(rows_in_item(n, tokens_per_chunk)) {
  std::vector<double> works;
  for (Index first = 0; first < n; first += rows_per_item_) {
    works.push_back(static_cast<double>(std::min(rows_per_item_, n - first)) * token_work(*law_));
  }
  lay_out({works});
}

IndexRange TokensJob::rows_of(std::size_t item) const {
  const Index first = static_cast<Index>(item) * rows_per_item_;
  return {.first = first, .last = std::min(first + rows_per_item_, n_)};
}

std::unique_ptr<Execution> TokensJob::start(std::size_t item, Compute compute) const {
  return std::make_unique<Tokens>(law_, stream_, rows_of(item), compute);
}

std::size_t TokensJob::items_that_fit(double bytes) const {
  const double each = 2.0 * sizeof(double) * static_cast<double>(rows_per_item_ * law_->dimension());
  return static_cast<std::size_t>(std::clamp(bytes / each, 1.0, 1e6));
}

std::size_t TokensJob::value_count(std::size_t item) const {
  return static_cast<std::size_t>(rows_of(item).size() * law_->dimension());
}

}  // namespace asymptoken
