#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "contestant.hpp"

// asymptoken_contestant_onednn: matrix product, softmax, matrix product, for a block of query rows at a time, since whole
// matrices of weights would leave the caches. OMP_NUM_THREADS says how many threads it takes.

namespace {

using namespace asymptoken;
using dnnl::memory;

constexpr Index rows_per_block = 256;

memory::desc matrix(Index rows, Index columns, memory::format_tag layout = memory::format_tag::ab) {
  return {{rows, columns}, memory::data_type::f32, layout};
}

/// The three steps for a block of so many queries.
class Block {
 public:
  Block(const dnnl::engine& engine, Index rows, Index n, Index d) {
    const memory::desc queries = matrix(rows, d);
    const memory::desc transposed_keys = matrix(d, n, memory::format_tag::ba);
    const memory::desc weights = matrix(rows, n);
    const memory::desc values = matrix(n, d);
    dnnl::post_ops scaling;
    const float scale = 1 / std::sqrt(static_cast<float>(d));
    dnnl::primitive_attr scaled;
#if DNNL_VERSION_MAJOR >= 3
    scaling.append_eltwise(dnnl::algorithm::eltwise_linear, scale, 0);
    scaled.set_post_ops(scaling);
    logits_ = dnnl::matmul({engine, queries, transposed_keys, weights, scaled});
    softmax_ = dnnl::softmax_forward(
        {engine, dnnl::prop_kind::forward_inference, dnnl::algorithm::softmax_accurate, weights, weights, 1});
    outputs_ = dnnl::matmul({engine, weights, values, queries});
#else
    scaling.append_eltwise(1, dnnl::algorithm::eltwise_linear, scale, 0);
    scaled.set_post_ops(scaling);
    logits_ = dnnl::matmul({{queries, transposed_keys, weights}, scaled, engine});
    softmax_ = dnnl::softmax_forward({{dnnl::prop_kind::forward_inference, weights, 1}, engine});
    outputs_ = dnnl::matmul({{weights, values, queries}, engine});
#endif
  }

  void run(dnnl::stream& stream, const memory& queries, const memory& keys, const memory& values,
           const memory& weights, const memory& outputs) const {
    logits_.execute(stream, {{DNNL_ARG_SRC, queries}, {DNNL_ARG_WEIGHTS, keys}, {DNNL_ARG_DST, weights}});
    softmax_.execute(stream, {{DNNL_ARG_SRC, weights}, {DNNL_ARG_DST, weights}});
    outputs_.execute(stream, {{DNNL_ARG_SRC, weights}, {DNNL_ARG_WEIGHTS, values}, {DNNL_ARG_DST, outputs}});
  }

 private:
  dnnl::matmul logits_;
  dnnl::softmax_forward softmax_;
  dnnl::matmul outputs_;
};

class Attention {
 public:
  explicit Attention(const benchmarks::Arrays& arrays)
      : n_(arrays.queries.rows()),
        d_(arrays.queries.cols()),
        queries_(arrays.queries),
        keys_(arrays.keys),
        values_(arrays.values),
        weights_(std::min(rows_per_block, n_), n_),
        outputs_(n_, d_),
        whole_(engine_, std::min(rows_per_block, n_), n_, d_),
        last_(engine_, n_ % rows_per_block > 0 ? n_ % rows_per_block : std::min(rows_per_block, n_), n_, d_) {
  }

  void attend() {
    const memory keys(matrix(d_, n_, memory::format_tag::ba), engine_, keys_.data());
    const memory values(matrix(n_, d_), engine_, values_.data());
    for (Index first = 0; first < n_; first += rows_per_block) {
      const Index rows = std::min(rows_per_block, n_ - first);
      const Block& block = rows == rows_per_block ? whole_ : last_;
      block.run(stream_, memory(matrix(rows, d_), engine_, queries_.row(first).data()), keys, values,
                memory(matrix(rows, n_), engine_, weights_.data()),
                memory(matrix(rows, d_), engine_, outputs_.row(first).data()));
    }
    stream_.wait();
  }

  const Rows<float>& outputs() const { return outputs_; }

 private:
  Index n_;
  Index d_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  // Copies, since oneDNN asks for arrays that it may write to.
  Rows<float> queries_;
  Rows<float> keys_;
  Rows<float> values_;
  Rows<float> weights_;
  Rows<float> outputs_;
  Block whole_;
  Block last_;
};

std::string version() {
  const dnnl_version_t* version = dnnl_version();
  return std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->patch);
}

}  // namespace

int main() {
  return benchmarks::take_part([](const benchmarks::Workload& workload, const benchmarks::Arrays& arrays) {
    if (workload.kind != "attention") throw std::runtime_error("oneDNN takes part in attention only");
    const auto attention = std::make_shared<Attention>(arrays);
    return benchmarks::Contestant{
        .name = "oneDNN " + version(), .run = [=] { attention->attend(); }, .outputs = &attention->outputs()};
  });
}
