#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "asymptoken/attention_jobs.hpp"
#include "asymptoken/error.hpp"
#include "asymptoken/in_order.hpp"
#include "job/costs.hpp"
#include "special/text.hpp"

namespace asymptoken {

namespace {

/// How many of so many queries are an item. Depends on the shape alone, so that results do not depend on the machine.
Index queries_in_item(Index queries) {
  // Every kernel's tile of queries divides this; part of a tile takes as long as a whole one.
  constexpr Index tile = 48;
  // More tiles would push each other's sums out of the second-level cache.
  return tile * std::clamp<Index>(queries / 64 / tile, 1, 3);
}

/// The rows of a chunk take about a megabyte: enough for a disk, nothing beside the rest.
Index rows_per_chunk(Index columns) { return std::max<Index>(1, (1 << 17) / columns); }

std::size_t chunks(Index rows, Index chunk) { return static_cast<std::size_t>((rows + chunk - 1) / chunk); }

std::string shape_of(const Array& array) {
  std::string lengths;
  for (const Index length : array.layout().shape) {
    lengths += (lengths.empty() ? "" : ", ") + std::to_string(length);
  }
  return "an array of shape (" + lengths + (array.layout().shape.size() == 1 ? ",)" : ")");
}

void require_matrix(const Array& array) {
  if (array.layout().shape.size() != 2) {
    throw Error(array.name(), shape_of(array), "two dimensions, one token a row");
  }
}

void require_columns(const Array& array, const Array& queries) {
  if (array.columns() != queries.columns()) {
    throw Error(array.name(), shape_of(array),
                "as many columns as " + queries.name() + " has, " + std::to_string(queries.columns()));
  }
}

class Summarizer {
 public:
  void add(double number) {
    smallest_ = std::min(smallest_, number);
    largest_ = std::max(largest_, number);
    block_sum_ += number;
    ++count_;
  }
  /// Sums of blocks are added up, not one long sum.
  void end_block() { sum_ += std::exchange(block_sum_, 0.0); }
  Summary summary() const {
    return {.smallest = smallest_, .mean = sum_ / static_cast<double>(count_), .largest = largest_};
  }

 private:
  double smallest_ = std::numeric_limits<double>::infinity();
  double largest_ = -std::numeric_limits<double>::infinity();
  double block_sum_ = 0;
  double sum_ = 0;
  Index count_ = 0;
};

}  // namespace

/// Adds items up in their order, whatever the order in which they come.
class AttentionJob::Totals {
 public:
  Totals(Index value_dimension, Vector origin)
      : value_dimension_(value_dimension), moments_(std::move(origin)) {}

  void add(std::size_t item, std::span<const double> values) {
    items_.add(item, {values.begin(), values.end()});
  }

  AttentionStatistics statistics() const {
    return {.outputs = moments_.moments(),
            .log_sum_exp = log_sum_exp_.summary(),
            .participation = participation_.summary(),
            .entropy = entropy_.summary()};
  }

 private:
  void take(const std::vector<double>& values) {
    const Index width = value_dimension_ + 3;
    const Eigen::Map<const Rows<double>> rows(values.data(), std::ssize(values) / width, width);
    moments_.add(RowsView<double>(rows.leftCols(value_dimension_)));
    for (Index row = 0; row < rows.rows(); ++row) {
      log_sum_exp_.add(rows(row, value_dimension_));
      participation_.add(rows(row, value_dimension_ + 1));
      entropy_.add(rows(row, value_dimension_ + 2));
    }
    log_sum_exp_.end_block();
    participation_.end_block();
    entropy_.end_block();
  }

  Index value_dimension_;
  MomentAccumulator moments_;
  Summarizer log_sum_exp_;
  Summarizer participation_;
  Summarizer entropy_;
  InOrder<std::vector<double>> items_{[this](const std::vector<double>& values) { take(values); }};
};

AttentionJob::AttentionJob(Array queries, Array keys, Array values, const AttentionOptions& options)
    : queries_(std::move(queries)),
      keys_(std::move(keys)),
      values_(std::move(values)),
      options_(options),
      queries_per_item_(queries_in_item(queries_.rows())) {
  for (const Array* array : {&queries_, &keys_, &values_}) {
    require_matrix(*array);
  }
  for (const Array* array : {&keys_, &values_}) {
    if (array->layout().type != queries_.layout().type) {
      throw Error(array->name(), "an array of type " + std::string(name_of(array->layout().type)),
                  "the type of " + queries_.name() + ", " + std::string(name_of(queries_.layout().type)));
    }
  }
  require_columns(keys_, queries_);
  if (values_.rows() != keys_.rows()) {
    throw Error(values_.name(), shape_of(values_),
                "as many rows as " + keys_.name() + " has, " + std::to_string(keys_.rows()));
  }
  std::vector<double> works;
  for (Index first = 0; first < queries_.rows(); first += queries_per_item_) {
    works.push_back(static_cast<double>(std::min(queries_per_item_, queries_.rows() - first)) *
                    static_cast<double>(keys_.rows()) * pair_work(keys_.columns(), values_.columns()));
  }
  lay_out({works});
}

AttentionJob::~AttentionJob() = default;

IndexRange AttentionJob::rows_of(std::size_t item) const {
  const Index first = static_cast<Index>(item) * queries_per_item_;
  return {.first = first, .last = std::min(first + queries_per_item_, queries_.rows())};
}

Index AttentionJob::query_chunk() const { return rows_per_chunk(queries_.columns()); }
Index AttentionJob::key_chunk() const { return rows_per_chunk(std::max(keys_.columns(), values_.columns())); }

std::size_t AttentionJob::preparation_steps() const {
  return chunks(queries_.rows(), query_chunk()) + chunks(keys_.rows(), key_chunk());
}

void AttentionJob::prepare(std::size_t step, Compute /*compute*/) {
  const bool in_double = options_.precision == NumberType::float64;
  if (const std::size_t query_steps = chunks(queries_.rows(), query_chunk()); step < query_steps) {
    // Reading is the check that all numbers are finite.
    const Index first = static_cast<Index>(step) * query_chunk();
    const Index count = std::min(query_chunk(), queries_.rows() - first);
    if (in_double) {
      queries_.read<double>(first, count);
    } else {
      queries_.read<float>(first, count);
    }
  } else {
    const Index first = static_cast<Index>(step - query_steps) * key_chunk();
    if (first == 0) {
      mean_value_ = Vector::Zero(values_.columns());
      if (in_double) {
        double_cache_ = std::make_unique<KeyValueCache<double>>(keys_.columns(), values_.columns());
        double_cache_->reserve(keys_.rows());
      } else {
        float_cache_ = std::make_unique<KeyValueCache<float>>(keys_.columns(), values_.columns());
        float_cache_->reserve(keys_.rows());
      }
    }
    const Index count = std::min(key_chunk(), keys_.rows() - first);
    if (in_double) {
      load<double>(first, count, *double_cache_);
    } else {
      load<float>(first, count, *float_cache_);
    }
  }
  if (step + 1 == preparation_steps() && options_.spread == Spread::compute) {
    totals_ = std::make_unique<Totals>(value_dimension(), mean_value_);
  }
}

template <class T>
void AttentionJob::load(Index first, Index count, KeyValueCache<T>& cache) {
  const Rows<T> values = values_.read<T>(first, count);
  cache.append(keys_.read<T>(first, count), values);
  mean_value_ +=
      values.template cast<double>().colwise().sum().transpose() / static_cast<double>(keys_.rows());
}

template <class T>
class AttentionJob::Block final : public Execution {
 public:
  Block(const AttentionJob& job, std::size_t item, const KeyValueCache<T>& tokens, Compute compute)
      : Execution(job.work(item)),
        job_(job),
        tokens_(tokens),
        range_(job.rows_of(item)),
        attention_(job.queries_.read<T>(range_.first, range_.size()), static_cast<T>(job.options_.scale),
                   job.value_dimension(), compute, job.options_.spread) {}

 private:
  double step(double work) override {
    const double each =
        static_cast<double>(range_.size()) * pair_work(tokens_.key_dimension(), tokens_.value_dimension());
    const Index count = affordable_keys(work, each, tokens_.size() - seen_);
    attention_.accumulate(tokens_, seen_, seen_ + count);
    seen_ += count;
    if (seen_ == tokens_.size()) {
      finish(rows_of(attention_.result()));
    }
    return each * static_cast<double>(count);
  }

  std::vector<double> rows_of(const AttentionOutput<T>& attention) const {
    const Index d = job_.value_dimension();
    std::vector<double> numbers(static_cast<std::size_t>(range_.size() * job_.row_width()));
    Eigen::Map<Rows<double>> rows(numbers.data(), range_.size(), job_.row_width());
    rows.leftCols(d) = attention.output.template cast<double>();
    rows.col(d) = attention.log_sum_exp;
    for (Index row = 0; row < rows.rows(); ++row) {
      if (!rows.row(row).head(d + 1).allFinite()) {
        throw Error("attention of query row " + std::to_string(range_.first + row), "not finite",
                    std::string("logits and values within the range of ") +
                        (sizeof(T) == 4 ? "float32 (float64 has a larger one)" : "float64"));
      }
    }
    if (job_.options_.spread == Spread::compute) {
      rows.col(d + 1) = attention.participation;
      rows.col(d + 2) = attention.entropy;
    }
    return numbers;
  }

  const AttentionJob& job_;
  const KeyValueCache<T>& tokens_;
  IndexRange range_;
  StreamingAttention<T> attention_;
  Index seen_ = 0;
};

std::unique_ptr<Execution> AttentionJob::start(std::size_t item, Compute compute) const {
  compute.deterministic = options_.deterministic;
  if (double_cache_) {
    return std::make_unique<Block<double>>(*this, item, *double_cache_, compute);
  }
  return std::make_unique<Block<float>>(*this, item, *float_cache_, compute);
}

std::size_t AttentionJob::items_that_fit(double bytes) const {
  const auto size = static_cast<double>(size_of(options_.precision));
  const auto key_dimension = static_cast<double>(keys_.columns());
  const auto value_dimension = static_cast<double>(values_.columns());
  const double shared = static_cast<double>(keys_.rows()) * (key_dimension + value_dimension) * size +
                        2 * value_dimension * value_dimension * sizeof(double);
  // A block holds its queries, sums in both precisions, and its outputs, perhaps waiting to be folded.
  const double block =
      static_cast<double>(queries_per_item_) * (2 * key_dimension * size + value_dimension * (2 * size + 24));
  if (shared + block > bytes) {
    throw Error("the memory for " + std::to_string(keys_.rows()) + " keys and values",
                detail::bytes_text(shared + block),
                "at most " + detail::bytes_text(bytes) + ", which this machine can give");
  }
  return static_cast<std::size_t>(std::min((bytes - shared) / block, 1e6));
}

AttentionStatistics AttentionJob::statistics() const { return totals_->statistics(); }

std::size_t AttentionJob::value_count(std::size_t item) const {
  return static_cast<std::size_t>(rows_of(item).size() * row_width());
}

void AttentionJob::take(std::size_t item, std::span<const double> values) {
  if (options_.spread == Spread::skip) {
    return;
  }
  if (!totals_) {
    throw Error("item " + std::to_string(item), "there before the preparation",
                "all its steps to be done first");
  }
  totals_->add(item, values);
}

}  // namespace asymptoken
