#pragma once

#include <cmath>

#include "asymptoken/experiment.hpp"

/// Attention, its moments and an item's tokens straight from their definitions, in float64: what experiments are compared with.
namespace asymptoken::by_definition {

inline Rows<double> outputs(const Rows<double>& queries, const Rows<double>& tokens,
                            const AttentionForm& form) {
  Rows<double> result(queries.rows(), form.V.rows());
  for (Index i = 0; i < queries.rows(); ++i) {
    const Vector logits = tokens * (form.A * queries.row(i).transpose());
    const Vector weights = (logits.array() - logits.maxCoeff()).exp();
    result.row(i) = (form.V * tokens.transpose() * weights / weights.sum()).transpose();
  }
  return result;
}

/// `weights` sum to 1.
inline Moments moments(const Rows<double>& rows, const Vector& weights) {
  const Vector mean = rows.transpose() * weights;
  const Rows<double> centred = rows.rowwise() - mean.transpose();
  return {.mean = mean, .covariance = centred.transpose() * weights.asDiagonal() * centred};
}

inline Moments moments(const Rows<double>& rows) {
  return moments(rows, Vector::Constant(rows.rows(), 1.0 / static_cast<double>(rows.rows())));
}

inline Rows<double> draws(const Spec& spec, StreamPurpose purpose, const Item& item, std::int64_t count) {
  Rows<float> drawn(static_cast<Index>(count), spec.law->dimension());
  spec.law->sample(Stream::of(spec.seed, purpose, static_cast<std::uint32_t>(item.replicate),
                              static_cast<std::uint32_t>(item.first_point)),
                   0, drawn);
  return drawn.cast<double>();
}

/// All tokens of an item: as many as its largest point sees.
inline Rows<double> tokens(const Spec& spec, const Item& item) {
  return draws(spec, StreamPurpose::tokens, item, spec.tokens[item.first_point + item.points - 1]);
}

}  // namespace asymptoken::by_definition
