#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "experiment/moments/moments.hpp"
#include "special/sphere_functions.hpp"

namespace asymptoken {

namespace {

/// Averages of F(q) s_i^2 T_i, all radii and scales as on the unit sphere: T_i = z_i^2 / |z|^2 for normal z. `squares`: the
/// s_i^2.
Vector average_over_draws(const Vector& squares, std::int64_t draws, Stream stream) {
  const Index d = squares.size();
  constexpr Index normals_at_once = 16384;
  const Index draws_at_once = std::max<Index>(1, normals_at_once / d);
  Rows<float> z(draws_at_once, d);
  Vector sum = Vector::Zero(d);
  Vector stretched(d);
  for (std::int64_t first = 0; first < draws; first += draws_at_once) {
    const auto count = static_cast<Index>(std::min<std::int64_t>(draws_at_once, draws - first));
    normal_variates(stream, static_cast<std::uint64_t>(first) * static_cast<std::uint64_t>(d),
                    {z.data(), static_cast<std::size_t>(count * d)});
    for (Index draw = 0; draw < count; ++draw) {
      const auto normals = z.row(draw).transpose().cast<double>();
      stretched = squares.cwiseProduct(normals.cwiseAbs2());
      const double q = stretched.sum() / normals.squaredNorm();
      if (q > 0.0) {
        const double mean = detail::sphere_tilt(static_cast<double>(d), std::sqrt(q)).mean;
        sum += stretched * (mean * mean / (q * normals.squaredNorm()));
      }
    }
  }
  return sum / static_cast<double>(draws);
}

}  // namespace

Matrix sampled_sphere_covariance(const Spec& spec, std::int64_t draws, const AttentionForm& attention) {
  const double square_radius = spec.law->covariance().trace();
  const double size = attention.A.cwiseAbs().maxCoeff();
  if (size == 0.0) {
    return Matrix::Zero(attention.V.rows(), attention.V.rows());
  }
  // The s_i^2 are all that is needed of the singular values, so the eigenvalues of A A' will do.
  const Matrix scaled = attention.A / size;
  const Matrix square = scaled * scaled.transpose();
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(square);
  const double scale = square_radius * size;
  // A_d(R^2 sqrt q) with the s_i of A is A_d(sqrt q) with those of R^2 A, and R^2 s_i^2 F(q) is R^2 times as much.
  const Vector eigenvalues =
      square_radius * average_over_draws(scale * scale * solver.eigenvalues().cwiseMax(0.0), draws,
                                         Stream::of(spec.seed, StreamPurpose::reference));
  const Matrix map = attention.V * solver.eigenvectors();
  return map * eigenvalues.asDiagonal() * map.transpose();
}

}  // namespace asymptoken
