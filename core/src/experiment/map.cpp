#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "asymptoken/attention.hpp"
#include "experiment/token_stream.hpp"
#include "experiment/type.hpp"
#include "experiment/widest_direction.hpp"

// The attention map at fixed queries: |Gamma_n(x) - Gamma(x)| against n, beside its exact asymptotic constant. Tokens are
// streamed, so memory does not grow with n.

namespace asymptoken {

namespace {

constexpr double largest_radius = 1e6;

void read(Reader& reader, Spec& spec) {
  Reader queries = reader.object("queries");
  if (queries.has("points")) {
    spec.queries = queries.rows("points", spec.law->dimension());
  } else {
    spec.radii = queries.number_sweep("radii", {0, largest_radius});
  }
  queries.finish();
}

/// The query of every curve: all queries of the first head, then of the next.
std::vector<Vector> curve_queries(const Spec& spec, const Head& head) {
  if (!spec.queries.empty()) {
    return spec.queries;
  }
  const Vector direction = widest_direction(*spec.law, head.form.A);
  std::vector<Vector> queries;
  for (const double radius : spec.radii) {
    queries.emplace_back(radius * direction);
  }
  return queries;
}

std::vector<std::string> metrics(const Spec& /*spec*/) { return {"error"}; }

void prepare(Plan::Contents& contents) {
  const Spec& spec = contents.spec;
  for (const Head& head : spec.attention.heads) {
    const std::vector<Vector> queries = curve_queries(spec, head);
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const MapLimit& limit = contents.limits.maps.emplace_back(map_limit(*spec.law, head.form, queries[i]));
      Curve curve = empty_curve(spec, head, contents.skeleton.metrics.size());
      if (spec.queries.empty()) {
        curve.parameters.emplace_back("radius", spec.radii[i]);
      } else {
        curve.parameters.emplace_back("query", static_cast<double>(i));
      }
      curve.predicted = {{.metric = "error",
                          .quantity = "slope",
                          .name = "central limit",
                          .value = -0.5,
                          .status = Status::derived,
                          .formula = "-1/2"}};
      if (spec.law->has_independent_tokens()) {
        curve.predicted.push_back({.metric = "error",
                                   .quantity = "constant",
                                   .name = "asymptotic constant",
                                   .value = limit.error_constant,
                                   .status = Status::derived,
                                   .formula = "E|N(0, S(x))|"});
      }
      contents.skeleton.curves.push_back(std::move(curve));
    }
  }
}

std::size_t queries_per_head(const Spec& spec) { return std::max(spec.queries.size(), spec.radii.size()); }

double work(const Spec& spec, double n) {
  return n * (sampling_work(spec) + static_cast<double>(queries_per_head(spec)) * pair_work(spec));
}

double memory(const Spec& spec, double n) {
  const auto width = static_cast<double>(2 * spec.law->dimension() + spec.attention.V.rows());
  return sizeof(float) * std::min<double>(n, TokenStream::chunk) * width;
}

class MapSteps final : public Execution::Steps {
 public:
  MapSteps(const Plan::Contents& contents, const Item& item, Compute compute)
      : contents_(contents),
        stream_(contents.spec, item, compute),
        points_(std::span(contents.spec.tokens).subspan(item.first_point, item.points)),
        cache_(contents.spec.law->dimension(), contents.spec.attention.V.rows()),
        attention_(projected_queries(contents.spec), 1.0F, contents.spec.attention.V.rows(), compute) {}

  double advance(double /*work*/) override {
    const std::int64_t n = points_[point_];
    const auto count = static_cast<Index>(std::min<std::int64_t>(TokenStream::chunk, n - seen_));
    tokens_.resize(count, cache_.key_dimension());
    stream_.sample(seen_, tokens_);
    cache_.clear();
    cache_.append(tokens_, stream_.values(tokens_));
    attention_.accumulate(cache_, 0, count);
    seen_ += count;
    if (seen_ == n) {
      read_off();
    }
    return static_cast<double>(count) * work(contents_.spec, 1);
  }

 private:
  static Rows<float> projected_queries(const Spec& spec) {
    Rows<float> projected(static_cast<Index>(spec.attention.heads.size() * queries_per_head(spec)),
                          spec.law->dimension());
    Index row = 0;
    for (const Head& head : spec.attention.heads) {
      for (const Vector& query : curve_queries(spec, head)) {
        projected.row(row++) = (head.form.A * query).cast<float>();
      }
    }
    return projected;
  }

  /// The error at the n tokens seen so far.
  void read_off() {
    const Rows<float> output = attention_.result().output;
    for (Index curve = 0; curve < output.rows(); ++curve) {
      const Vector& gamma = contents_.limits.maps[static_cast<std::size_t>(curve)].gamma;
      values.push_back((output.row(curve).transpose().cast<double>() - gamma).norm());
    }
    finished = ++point_ == points_.size();
  }

  const Plan::Contents& contents_;
  TokenStream stream_;
  std::span<const std::int64_t> points_;  ///< the n of each
  std::size_t point_ = 0;                 ///< that is next to be read off
  std::int64_t seen_ = 0;
  Rows<float> tokens_;
  KeyValueCache<float> cache_;
  StreamingAttention<float> attention_;
};

std::unique_ptr<Execution::Steps> start(const Plan::Contents& contents, const Item& item, Compute compute) {
  return std::make_unique<MapSteps>(contents, item, compute);
}

Json limit(const Plan::Contents& contents, std::size_t curve) {
  const MapLimit& map = contents.limits.maps[curve];
  Json result = {{"log_mgf", number_or_null(map.log_mgf)}, {"gamma", json_of(map.gamma)}};
  if (contents.spec.law->has_independent_tokens()) {
    result["variance_inflation"] = number_or_null(map.variance_inflation);
    result["asymptotic_covariance"] = json_of(map.asymptotic_covariance);
    result["bias_times_n"] = json_of(map.bias_times_n);
    result["error_constant"] = number_or_null(map.error_constant);
  }
  return result;
}

}  // namespace

const ExperimentType& map_experiment() {
  static const ExperimentType type{.name = "map",
                                   .metrics = metrics,
                                   .read = read,
                                   .prepare = prepare,
                                   .work = work,
                                   .memory = memory,
                                   .start = start,
                                   .limit = limit};
  return type;
}

}  // namespace asymptoken
