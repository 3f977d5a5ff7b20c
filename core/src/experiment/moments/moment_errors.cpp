#include "experiment/moments/moment_errors.hpp"

#include <algorithm>

#include "experiment/token_stream.hpp"
#include "limit/linear_algebra.hpp"

namespace asymptoken {

namespace {

/// Queries of a sample of n tokens are cut so that a block takes about as long as the largest replicate.
std::int64_t reference_blocks(const Spec& spec) {
  const auto n = static_cast<double>(spec.reference_tokens);
  const auto largest = static_cast<double>(spec.tokens.back());
  constexpr double least_queries = 512;
  const double blocks = std::clamp(n / largest * (n / largest), 1.0, std::max(1.0, n / least_queries));
  return static_cast<std::int64_t>(blocks);
}

double size_of(const Spec& spec, const Matrix& covariance) {
  return spec.spectral_norm ? detail::spectral_norm(covariance) : covariance.norm();
}

/// A mean and a covariance as the numbers they consist of: the mean, then the covariance's lower half column by column.
Index packed_size(Index d) { return d + d * (d + 1) / 2; }

void pack(const Moments& moments, std::vector<double>& into) {
  const Index d = moments.mean.size();
  into.insert(into.end(), moments.mean.begin(), moments.mean.end());
  for (Index b = 0; b < d; ++b) {
    for (Index a = b; a < d; ++a) {
      into.push_back(moments.covariance(a, b));
    }
  }
}

Moments unpacked(std::span<const double> numbers, Index d) {
  Moments moments{.mean = Vector(d), .covariance = Matrix(d, d)};
  std::copy_n(numbers.begin(), d, moments.mean.begin());
  auto next = numbers.begin() + d;
  for (Index b = 0; b < d; ++b) {
    for (Index a = b; a < d; ++a) {
      moments.covariance(a, b) = *next;
      moments.covariance(b, a) = *next++;
    }
  }
  return moments;
}

Moments deviation(const Moments& measured, const Moments& limit) {
  return {.mean = measured.mean - limit.mean, .covariance = measured.covariance - limit.covariance};
}

ReferenceWork work(const Spec& spec) {
  const auto n = static_cast<double>(spec.reference_tokens);
  const auto blocks = static_cast<double>(reference_blocks(spec));
  return {.items = reference_blocks(spec),
          .work = n * sampling_work(spec) + n / blocks * n * pair_work(spec)};
}

std::size_t value_count(const Plan::Contents& contents, const Item& item) {
  const Index each = packed_size(contents.spec.attention.V.rows());
  return std::max<std::size_t>(item.points, 1) * contents.skeleton.curves.size() *
         static_cast<std::size_t>(each);
}

/// Deviations from the limit of one curve, in what an item yielded.
Moments deviation_in(const Plan::Contents& contents, std::span<const double> values, std::size_t which) {
  const Index d = contents.spec.attention.V.rows();
  const auto each = static_cast<std::size_t>(packed_size(d));
  return unpacked(values.subspan(which * each, each), d);
}

std::vector<double> merge(const Plan::Contents& contents, std::span<const std::vector<double>> items) {
  const auto n = static_cast<double>(contents.spec.reference_tokens);
  std::vector<double> merged;
  for (std::size_t curve = 0; curve < contents.skeleton.curves.size(); ++curve) {
    const Index d = contents.spec.attention.V.rows();
    Moments whole{.mean = Vector::Zero(d), .covariance = Matrix::Zero(d, d)};
    for (std::size_t block = 0; block < items.size(); ++block) {
      const QueryRange queries = reference_block(contents.spec, static_cast<std::int64_t>(block));
      const double share = static_cast<double>(queries.last - queries.first) / n;
      const Moments part = deviation_in(contents, items[block], curve);
      whole.mean += share * part.mean;
      // About the limit's mean for now.
      whole.covariance += share * (part.covariance + part.mean * part.mean.transpose());
    }
    // A block's covariance is about its own mean, less the limit's covariance: so is the whole's.
    whole.covariance -= whole.mean * whole.mean.transpose();
    pack(whole, merged);
  }
  return merged;
}

/// The sizes of errors, of tokens as wide as the head says.
void append_sizes(const Spec& spec, std::size_t head, const Moments& error, std::vector<double>& sizes) {
  const double support = spec.attention.heads[head].support;
  sizes.push_back(support * error.mean.norm());
  sizes.push_back(support * support * size_of(spec, error.covariance));
}

std::vector<double> errors(const Plan::Contents& contents, std::span<const double> reference,
                           std::span<const double> values) {
  const std::size_t curves = contents.skeleton.curves.size();
  const std::size_t points = values.size() / reference.size();
  std::vector<double> sizes;
  for (std::size_t which = 0; which < points * curves; ++which) {
    const Moments from_limit = deviation_in(contents, values, which);
    const std::size_t head = which % curves;
    append_sizes(contents.spec, head, from_limit, sizes);
    append_sizes(contents.spec, head, deviation(from_limit, deviation_in(contents, reference, head)), sizes);
  }
  return sizes;
}

}  // namespace

std::vector<double> moment_values(const Plan::Contents& contents, std::span<const Moments> measured) {
  std::vector<double> values;
  const std::vector<Moments>& limits = contents.limits.moments;
  for (std::size_t which = 0; which < measured.size(); ++which) {
    const std::size_t curve = which % limits.size();
    const Moments from_limit = deviation(measured[which], limits[curve]);
    if (contents.spec.reference_tokens > 0) {
      pack(from_limit, values);
      continue;
    }
    append_sizes(contents.spec, curve, from_limit, values);
    if (contents.spec.reference_draws > 0) {
      const double support = contents.spec.attention.heads[curve].support;
      values.push_back(
          support * support *
          size_of(contents.spec, measured[which].covariance - contents.limits.sampled_covariance[curve]));
    }
  }
  return values;
}

const ReferenceType& sampled_moments() {
  static const ReferenceType type{.work = work, .value_count = value_count, .merge = merge, .errors = errors};
  return type;
}

QueryRange reference_block(const Spec& spec, std::int64_t block) {
  const std::int64_t n = spec.reference_tokens;
  const std::int64_t blocks = reference_blocks(spec);
  const std::int64_t each = n / blocks;
  const std::int64_t longer = n % blocks;  // the first ones have one more
  const std::int64_t first = block * each + std::min(block, longer);
  return {.first = static_cast<Index>(first),
          .last = static_cast<Index>(first + each + (block < longer ? 1 : 0))};
}

}  // namespace asymptoken
