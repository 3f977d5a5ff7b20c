#include "problem.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "asymptoken/random.hpp"

namespace asymptoken::benchmarks {

namespace {

Rows<float> normal_rows(Index count, Index columns, std::uint64_t id) {
  Rows<float> rows(count, columns);
  normal_variates({.seed = 1, .id = id}, 0, {rows.data(), static_cast<std::size_t>(rows.size())});
  return rows;
}

template <class T>
Vector attend_one(const RowsView<T>& query, const Rows<T>& keys, const Rows<T>& values, double scale) {
  const Vector x = scale * query.row(0).transpose().template cast<double>();
  Vector weights(keys.rows());
  for (Index key = 0; key < weights.size(); ++key) {
    weights[key] = keys.row(key).template cast<double>().dot(x);
  }
  weights = (weights.array() - weights.maxCoeff()).exp();
  Vector output = Vector::Zero(values.cols());
  for (Index key = 0; key < weights.size(); ++key) {
    output += weights[key] * values.row(key).transpose().template cast<double>();
  }
  return output / weights.sum();
}

}  // namespace

Arrays normal_arrays(Index queries, Index keys, Index d) {
  return {.queries = normal_rows(queries, d, 1),
          .keys = normal_rows(keys, d, 2),
          .values = normal_rows(keys, d, 3)};
}

float scale_of(const Arrays& arrays) { return 1 / std::sqrt(static_cast<float>(arrays.keys.cols())); }

double error_of(const Rows<float>& outputs, const Arrays& arrays) {
  constexpr Index checked = 8;
  const double scale = 1 / std::sqrt(static_cast<double>(arrays.keys.cols()));
  double error = 0;
  for (Index i = 0; i < checked; ++i) {
    const Index query = i * (outputs.rows() - 1) / (checked - 1);
    const Vector exact =
        attend_one<float>(arrays.queries.middleRows(query, 1), arrays.keys, arrays.values, scale);
    error = std::max(error, (outputs.row(query).transpose().cast<double>() - exact).cwiseAbs().maxCoeff());
  }
  return error;
}

template <class T>
Moments exact_moments(const Rows<T>& queries, const Rows<T>& keys, const Rows<T>& values, double scale) {
  Rows<double> outputs(queries.rows(), values.cols());
  for (Index query = 0; query < outputs.rows(); ++query) {
    outputs.row(query) = attend_one<T>(queries.middleRows(query, 1), keys, values, scale);
  }
  const Vector mean = outputs.colwise().mean();
  outputs.rowwise() -= mean.transpose();
  Matrix covariance = Matrix::Zero(mean.size(), mean.size());
  for (Index query = 0; query < outputs.rows(); ++query) {
    covariance += outputs.row(query).transpose() * outputs.row(query);
  }
  return {.mean = mean, .covariance = covariance / static_cast<double>(outputs.rows())};
}

template Moments exact_moments(const Rows<float>&, const Rows<float>&, const Rows<float>&, double);
template Moments exact_moments(const Rows<double>&, const Rows<double>&, const Rows<double>&, double);

double error_of(const Moments& moments, const Moments& exact) {
  return std::max((moments.mean - exact.mean).cwiseAbs().maxCoeff(),
                  (moments.covariance - exact.covariance).cwiseAbs().maxCoeff());
}

}  // namespace asymptoken::benchmarks
