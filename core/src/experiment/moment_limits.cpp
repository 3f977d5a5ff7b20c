#include "experiment/moment_limits.hpp"

#include <algorithm>
#include <cmath>

#include "experiment/packed_moments.hpp"
#include "experiment/token_stream.hpp"
#include "law/weighted_moments.hpp"
#include "special/portable.hpp"

namespace asymptoken {

namespace {

/// Queries of an item.
constexpr Index queries_per_item = 1536;

}  // namespace

MomentLimits::MomentLimits(const Spec& spec, std::optional<Rows<double>> queries)
    : spec_(spec), given_(std::move(queries)), moments_(spec.attention.heads.size()) {
  if (const Quadrature* support = spec.law->finite_support()) {
    points_.emplace(spec.law->dimension() + 1, spec.law->dimension());
    points_->reserve(support->points.rows());
  }
}

const Rows<double>* MomentLimits::queries() const {
  if (given_) {
    return &*given_;
  }
  const Quadrature* support = spec_.law->finite_support();
  return support == nullptr ? nullptr : &support->points;
}

double MomentLimits::weight(Index query) const {
  return given_ ? 1.0 / static_cast<double>(given_->rows()) : spec_.law->finite_support()->weights[query];
}

std::size_t MomentLimits::preparation_steps() const {
  const std::size_t heads = queries() == nullptr ? moments_.size() : 0;
  const Index points = points_ ? spec_.law->finite_support()->points.rows() : 0;
  return heads + static_cast<std::size_t>((points + TokenStream::chunk - 1) / TokenStream::chunk);
}

/// The limit of a head, or the next points.
void MomentLimits::prepare(std::size_t step) {
  if (!points_) {
    moments_[step] = transformed_moments(*spec_.law, spec_.attention.heads[step].form);
    return;
  }
  const Quadrature& support = *spec_.law->finite_support();
  const Index first = static_cast<Index>(step) * TokenStream::chunk;
  const Index count = std::min(TokenStream::chunk, support.points.rows() - first);
  Rows<double> keys(count, support.points.cols() + 1);
  keys.leftCols(support.points.cols()) = support.points.middleRows(first, count);
  for (Index i = 0; i < count; ++i) {
    keys(i, support.points.cols()) = portable_log(support.weights[first + i]);
  }
  points_->append(keys, support.points.middleRows(first, count));
}

Index MomentLimits::blocks() const {
  return queries() == nullptr ? 0 : (queries()->rows() + queries_per_item - 1) / queries_per_item;
}

Index MomentLimits::first_query(std::size_t item) const {
  return static_cast<Index>(item) * queries_per_item;
}

double MomentLimits::work_of(Index queries) const {
  const Index d = spec_.law->dimension();
  const double keys = points_ ? static_cast<double>(spec_.law->finite_support()->points.rows()) : 1.0;
  // In float64 a pair takes twice as long.
  return static_cast<double>(queries) * keys * 2 * static_cast<double>(moments_.size()) * pair_work(d, d);
}

std::vector<double> MomentLimits::works() const {
  std::vector<double> works;
  for (Index block = 0; block < blocks(); ++block) {
    const Index first = block * queries_per_item;
    works.push_back(work_of(std::min(queries_per_item, queries()->rows() - first)));
  }
  return works;
}

std::size_t MomentLimits::value_count() const {
  return moments_.size() * packed_size(spec_.attention.V.rows());
}

double MomentLimits::block_weight(std::size_t item) const {
  const Index first = first_query(item);
  double sum = 0.0;
  for (Index i = first; i < std::min(first + queries_per_item, queries()->rows()); ++i) {
    sum += weight(i);
  }
  return sum;
}

void MomentLimits::conclude(std::span<const std::vector<double>> values) {
  const Index dimension = spec_.attention.V.rows();
  for (std::size_t head = 0; head < moments_.size(); ++head) {
    MomentParts parts(dimension);
    for (std::size_t item = 0; item < values.size(); ++item) {
      parts.add(block_weight(item), unpacked(values[item], dimension, head));
    }
    moments_[head] = parts.whole();
  }
}

/// One head after the other, a few queries at a time.
class MomentLimits::Block final : public Execution {
 public:
  Block(const MomentLimits& limits, std::size_t item, Compute compute)
      : Execution(limits.works()[item]),
        limits_(limits),
        compute_(compute),
        first_(limits.first_query(item)),
        last_(std::min(first_ + queries_per_item, limits.queries()->rows())) {
    start_head();
  }

 private:
  double step(double work) override {
    if (!limits_.points_) {
      return attend_to_law();
    }
    if (!attention_) {
      start_block();
    }
    const Index points = limits_.points_->size();
    const double each =
        limits_.work_of(block_) / static_cast<double>(points) / static_cast<double>(limits_.moments_.size());
    const Index last = next_point_ + affordable_keys(work, each, points - next_point_);
    const double done = each * static_cast<double>(last - next_point_);
    attention_->accumulate(*limits_.points_, next_point_, last);
    next_point_ = last;
    if (next_point_ == points) {
      const Rows<double> averages = attention_->result().output;
      attention_.reset();
      for (Index row = 0; row < block_; ++row) {
        add(averages.row(row).transpose());
      }
      finish_block();
    }
    return done;
  }

  const AttentionForm& form() const { return limits_.spec_.attention.heads[head_].form; }

  void start_head() {
    next_query_ = first_;
    moments_ = std::make_unique<detail::WeightedMoments>(form().V.rows());
  }

  void start_block() {
    block_ = std::min(queries_per_block, last_ - next_query_);
    next_point_ = 0;
    const Index d = form().A.cols();
    Rows<double> tilts(block_, d + 1);
    tilts.leftCols(d) = limits_.queries()->middleRows(next_query_, block_) * form().A.transpose();
    tilts.col(d).setOnes();
    attention_ = std::make_unique<StreamingAttention<double>>(tilts, 1.0, d, compute_);
  }

  double attend_to_law() {
    block_ = 1;
    const Vector query = limits_.queries()->row(next_query_).transpose();
    add(limits_.spec_.law->tilted_mean(form().A * query));
    finish_block();
    return limits_.work_of(1) / static_cast<double>(limits_.moments_.size());
  }

  void add(const Vector& average) { moments_->add(limits_.weight(next_query_++), form().V * average); }

  void finish_block() {
    if (next_query_ < last_) {
      return;
    }
    pack(moments_->result(), values_);
    if (++head_ < limits_.moments_.size()) {
      start_head();
    } else {
      finish(std::move(values_));
    }
  }

  const MomentLimits& limits_;
  Compute compute_;
  Index first_;
  Index last_;
  std::size_t head_ = 0;
  Index next_query_ = 0;
  Index block_ = 0;  ///< queries under way
  Index next_point_ = 0;
  std::unique_ptr<StreamingAttention<double>> attention_;
  std::unique_ptr<detail::WeightedMoments> moments_;  ///< of the head under way
  std::vector<double> values_;
};

std::unique_ptr<Execution> MomentLimits::start(std::size_t item, Compute compute) const {
  return std::make_unique<Block>(*this, item, compute);
}

}  // namespace asymptoken
