#include "job_handle.hpp"

#include <cmath>
#include <utility>

#include "asymptoken/error.hpp"

namespace asymptoken::wasm {

namespace {

/// What one worker may take of a browser's memory.
constexpr double most_bytes = 2e9;

/// The tokens that pictures show: of one replicate, those of the spec's first point, continued as far as is asked for.
Stream token_stream(const Spec& spec, Index replicate) {
  return Stream::of(spec.seed, StreamPurpose::tokens, static_cast<std::uint32_t>(replicate));
}

/// All tokens are handed over at once.
void check_answer(Index tokens, Index dimension) {
  const double bytes = sizeof(float) * static_cast<double>(tokens) * static_cast<double>(dimension);
  if (bytes > most_bytes) {
    const auto gigabytes = [](double size) { return std::to_string(std::llround(size / 1e9)) + " GB"; };
    throw Error("n", std::to_string(tokens),
                "so few tokens that they fit in " + gigabytes(most_bytes) + " of memory: they would need " +
                    gigabytes(bytes));
  }
}

const Head& checked_head(const Spec& spec, Index head) {
  const std::vector<Head>& heads = spec.attention.heads;
  if (head < 0 || head >= std::ssize(heads)) {
    throw Error("head", std::to_string(head),
                "an index into the sweep's heads, from 0 to " + std::to_string(std::ssize(heads) - 1));
  }
  return heads[static_cast<std::size_t>(head)];
}

}  // namespace

Spec parse_synthetic_spec(const std::string& json, const InputArrays& arrays) {
  Spec spec = parse_spec(json, arrays.inputs());
  if (!spec.law) {
    throw Error("experiment", spec.experiment, "one whose tokens come from a law");
  }
  return spec;
}

JobHandle::JobHandle(std::unique_ptr<Job> job, InputArrays arrays)
    : arrays_(std::move(arrays)), job_(std::move(job)) {
  job_->items_that_fit(most_bytes);
}

std::vector<double> RowsHandle::edges() const {
  std::vector<double> edges;
  for (std::size_t item = 0; item < job().size(); ++item) {
    edges.push_back(static_cast<double>(rows_->rows_of(item).first));
  }
  edges.push_back(static_cast<double>(rows_->rows_of(job().size() - 1).last));
  return edges;
}

ExperimentHandle::ExperimentHandle(const std::string& spec_json, const InputArrays& arrays)
    : ExperimentHandle(std::make_unique<ExperimentJob>(parse_spec(spec_json, arrays.inputs())), arrays) {}

std::string ExperimentHandle::result_json() const {
  const bool is_complete = experiment_->items_done() == experiment_->size();
  Result result = experiment_->result(is_complete ? Intervals::compute : Intervals::skip);
  result.provenance.target = "wasm";
  result.provenance.simd = name_of(Compute{}.target);
  return to_json(result);
}

AttentionHandle::AttentionHandle(const InputArrays& arrays, double scale, bool deterministic,
                                 bool with_spread)
    : RowsHandle(std::make_unique<AttentionJob>(
                     arrays.at("queries"), arrays.at("keys"), arrays.at("values"),
                     AttentionOptions{.scale = scale,
                                      .deterministic = deterministic,
                                      .spread = with_spread ? Spread::compute : Spread::skip}),
                 arrays) {}

MatrixHandle::MatrixHandle(const std::string& spec_json, const InputArrays& arrays, Index tokens, Index head,
                           Index replicate)
    : arrays_(arrays) {
  const Spec spec = parse_synthetic_spec(spec_json, arrays);
  const Matrix& A = checked_head(spec, head).form.A;
  matrix_ = std::make_shared<AttentionMatrix>(spec.law, token_stream(spec, replicate), tokens, A,
                                              spec.deterministic);
}

MatrixHandle::MatrixHandle(const InputArrays& arrays, double scale, bool deterministic)
    : arrays_(arrays),
      matrix_(
          std::make_shared<AttentionMatrix>(arrays.at("queries"), arrays.at("keys"), scale, deterministic)) {}

WeightsHandle::WeightsHandle(const MatrixHandle& matrix, Index first_row, Index last_row, Index first_column,
                             Index last_column, Index side)
    : RowsHandle(
          std::make_unique<WeightsJob>(matrix.matrix(), MatrixPart{.rows = {first_row, last_row},
                                                                   .columns = {first_column, last_column},
                                                                   .side = side}),
          matrix.arrays()),
      matrix_(matrix) {}

TokensHandle::TokensHandle(const std::string& spec_json, const InputArrays& arrays, Index tokens,
                           Index replicate)
    : RowsHandle(
          [&] {
            const Spec spec = parse_synthetic_spec(spec_json, arrays);
            check_answer(tokens, spec.law->dimension());
            return std::make_unique<TokensJob>(spec.law, token_stream(spec, replicate), tokens);
          }(),
          arrays) {}

}  // namespace asymptoken::wasm
