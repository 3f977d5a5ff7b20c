#pragma once

#include "asymptoken/spec.hpp"

namespace asymptoken {

/// The covariance of the transformed uniform law on a sphere as the authors compute it: lambda_i = R^2 s_i^2 E[F(q) T_i] as an
/// average over Spec::reference_draws draws T of the Dirichlet law, for A = U diag(s) W'. [paper: the code's formula]
Matrix sampled_sphere_covariance(const Spec& spec, const AttentionForm& attention);

}  // namespace asymptoken
