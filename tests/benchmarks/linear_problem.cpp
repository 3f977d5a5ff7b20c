#include "linear_problem.hpp"

#include <algorithm>

#include "asymptoken/random.hpp"

namespace asymptoken::benchmarks {

LinearProblem normal_linear(Index rows, Index inputs, Index outputs) {
  LinearProblem problem{.x = Rows<float>(rows, inputs), .W = Rows<float>(outputs, inputs)};
  normal_variates({.seed = 5, .id = 1}, 0, {problem.x.data(), static_cast<std::size_t>(problem.x.size())});
  normal_variates({.seed = 5, .id = 2}, 0, {problem.W.data(), static_cast<std::size_t>(problem.W.size())});
  return problem;
}

double error_of(const Rows<float>& y, const LinearProblem& problem) {
  const Matrix W = problem.W.cast<double>();
  const double bound = static_cast<double>(W.cols() + 1) * 0x1p-24;
  Vector errors(std::min<Index>(8, y.rows()));
  for (Index i = 0; i < errors.size(); ++i) {
    const Index row = i * (y.rows() - 1) / std::max<Index>(1, errors.size() - 1);
    const Vector x = problem.x.row(row).cast<double>();
    const Vector error = (y.row(row).transpose().cast<double>() - W * x).cwiseAbs();
    const Vector magnitude = W.cwiseAbs() * x.cwiseAbs();
    errors[i] = error.cwiseQuotient(magnitude).maxCoeff<Eigen::PropagateNaN>() / bound;
  }
  return errors.maxCoeff<Eigen::PropagateNaN>();
}

}  // namespace asymptoken::benchmarks
