#include <algorithm>
#include <string>
#include <utility>

#include "asymptoken/attention_jobs.hpp"
#include "asymptoken/error.hpp"
#include "job/costs.hpp"
#include "special/text.hpp"

namespace asymptoken {

AttentionMatrix::Arrays AttentionMatrix::fitting(Array queries, Array keys) {
  if (queries.columns() != keys.columns()) {
    throw Error(keys.name(), text_of(keys.layout()),
                "as many columns as " + queries.name() + " has, " + std::to_string(queries.columns()));
  }
  return {.queries = std::move(queries), .keys = std::move(keys)};
}

AttentionMatrix::AttentionMatrix(Array queries, Array keys, double scale, bool deterministic)
    : columns_(keys.rows()),
      dimension_(keys.columns()),
      scale_(static_cast<float>(scale)),
      is_deterministic_(deterministic),
      source_(fitting(std::move(queries), std::move(keys))) {
  if (!std::isfinite(scale_)) {
    throw Error("scale", detail::text_of(scale), "a number that float32 can hold");
  }
}

AttentionMatrix::AttentionMatrix(LawPointer law, Stream stream, Index n, const Matrix& A, bool deterministic)
    : columns_(n),
      dimension_(law->dimension()),
      scale_(1.0F),
      is_deterministic_(deterministic),
      source_(LawTokens{.law = std::move(law), .stream = stream, .A = A}) {}

Index AttentionMatrix::rows() const {
  const Arrays* arrays = std::get_if<Arrays>(&source_);
  return arrays != nullptr ? arrays->queries.rows() : columns_;
}

/// The keys, the kernel's copy of them, and one value each.
double AttentionMatrix::memory() const {
  return sizeof(float) * static_cast<double>(columns_) * static_cast<double>(2 * dimension_ + 16);
}

std::size_t AttentionMatrix::preparation_steps() const {
  return static_cast<std::size_t>((columns_ + tokens_per_chunk - 1) / tokens_per_chunk);
}

void AttentionMatrix::prepare(std::size_t step, Compute compute) {
  const Index first = static_cast<Index>(step) * tokens_per_chunk;
  const Index count = std::min(tokens_per_chunk, columns_ - first);
  if (cache_ && cache_->size() > first) {
    return;  // prepared for an earlier part, which may be under way
  }
  if (first == 0) {
    keys_.resize(columns_, dimension_);
    cache_ = std::make_unique<KeyValueCache<float>>(dimension_, 1);
    cache_->reserve(columns_);
  }
  if (const LawTokens* tokens = std::get_if<LawTokens>(&source_)) {
    tokens->law->sample(tokens->stream, static_cast<std::uint64_t>(first), keys_.middleRows(first, count),
                        compute.target);
  } else {
    keys_.middleRows(first, count) = std::get<Arrays>(source_).keys.read<float>(first, count);
  }
  // Only the weights are wanted, so the values are nothing.
  cache_->append(keys_.middleRows(first, count), Rows<float>::Zero(count, 1));
}

Rows<float> AttentionMatrix::queries(Index first, Index count) const {
  if (const Arrays* arrays = std::get_if<Arrays>(&source_)) {
    return arrays->queries.read<float>(first, count);
  }
  const Matrix& A = std::get<LawTokens>(source_).A;
  return (keys_.middleRows(first, count).cast<double>() * A.transpose()).cast<float>();
}

namespace {

void check_range(const char* field, const IndexRange& range, Index size) {
  if (range.first < 0 || range.first >= range.last || range.last > size) {
    throw Error(field, std::to_string(range.first) + " to " + std::to_string(range.last),
                "a range within 0 to " + std::to_string(size));
  }
}

}  // namespace

WeightsJob::WeightsJob(AttentionMatrix& matrix, const MatrixPart& part) : matrix_(&matrix), part_(part) {
  check_range("rows", part.rows, matrix.rows());
  check_range("columns", part.columns, matrix.columns());
  if (part.side < 1) {
    throw Error("side", std::to_string(part.side), "an integer from 1 on");
  }
  // Whole blocks, where there are.
  rows_per_item_ =
      rows_in_item(part.rows.size(), part.side * ((queries_per_block + part.side - 1) / part.side));
  std::vector<double> works;
  const Index d = matrix.dimension();
  for (Index first = part.rows.first; first < part.rows.last; first += rows_per_item_) {
    const auto rows = static_cast<double>(std::min(rows_per_item_, part.rows.last - first));
    works.push_back(rows * static_cast<double>(matrix.columns() + part.columns.size()) * pair_work(d, 1));
  }
  lay_out({works});
}

Index WeightsJob::width() const { return (part_.columns.size() + part_.side - 1) / part_.side; }

IndexRange WeightsJob::rows_of(std::size_t item) const {
  const Index first = part_.rows.first + static_cast<Index>(item) * rows_per_item_;
  return {.first = first, .last = std::min(first + rows_per_item_, part_.rows.last)};
}

/// First the log-sum-exp over all keys, then the weights of the columns.
class WeightsJob::Block final : public Execution {
 public:
  Block(const WeightsJob& job, std::size_t item, Compute compute)
      : Execution(job.work(item)),
        matrix_(*job.matrix_),
        part_(job.part_),
        compute_(compute),
        queries_(matrix_.queries(job.rows_of(item).first, job.rows_of(item).size())),
        attention_(queries_, matrix_.scale(), 1, compute, Spread::compute),
        work_each_(static_cast<double>(queries_.rows()) * pair_work(queries_.cols(), 1)) {}

 private:
  double step(double work) override {
    Index count = 0;
    if (seen_ < matrix_.columns()) {
      count = affordable_keys(work, work_each_, matrix_.columns() - seen_);
      attention_.accumulate(matrix_.cache(), seen_, seen_ + count);
      seen_ += count;
      return work_each_ * static_cast<double>(count);
    }
    if (!pooling_) {
      sums_ = attention_.result();
      pooling_ = std::make_unique<WeightPooling>(queries_, matrix_.scale(), sums_.log_sum_exp,
                                                 part_.columns.size(), part_.side, compute_);
    }
    count = affordable_keys(work, work_each_, part_.columns.size() - pooled_);
    pooling_->accumulate(matrix_.keys().middleRows(part_.columns.first + pooled_, count));
    pooled_ += count;
    if (pooled_ == part_.columns.size()) {
      finish(values());
    }
    return work_each_ * static_cast<double>(count);
  }

  std::vector<double> values() const {
    const PooledWeights pooled = pooling_->result();
    std::vector<double> all(pooled.largest.data(), pooled.largest.data() + pooled.largest.size());
    if (part_.side > 1) {
      all.insert(all.end(), pooled.mean.data(), pooled.mean.data() + pooled.mean.size());
    }
    all.insert(all.end(), sums_.log_sum_exp.begin(), sums_.log_sum_exp.end());
    all.insert(all.end(), sums_.participation.begin(), sums_.participation.end());
    return all;
  }

  const AttentionMatrix& matrix_;
  const MatrixPart& part_;
  Compute compute_;
  Rows<float> queries_;
  StreamingAttention<float> attention_;
  double work_each_;
  Index seen_ = 0;
  AttentionOutput<float> sums_;
  std::unique_ptr<WeightPooling> pooling_;
  Index pooled_ = 0;
};

std::unique_ptr<Execution> WeightsJob::start(std::size_t item, Compute compute) const {
  compute.deterministic = matrix_->is_deterministic();
  return std::make_unique<Block>(*this, item, compute);
}

std::size_t WeightsJob::items_that_fit(double bytes) const {
  const Index blocks = rows_per_item_ / part_.side + 1;
  const auto pixels = static_cast<double>(width() * blocks);
  const double each = 32 * pixels + 128.0 * static_cast<double>(rows_per_item_);
  if (matrix_->memory() + each > bytes) {
    throw Error("tokens", std::to_string(matrix_->columns()),
                "so few tokens that they fit in " + detail::bytes_text(bytes) + " of memory: they need " +
                    detail::bytes_text(matrix_->memory() + each));
  }
  return static_cast<std::size_t>(std::min((bytes - matrix_->memory()) / each, 1e6));
}

std::size_t WeightsJob::value_count(std::size_t item) const {
  const Index rows = rows_of(item).size();
  const Index blocks = (rows + part_.side - 1) / part_.side * width();
  return static_cast<std::size_t>(blocks * (part_.side > 1 ? 2 : 1) + 2 * rows);
}

}  // namespace asymptoken
