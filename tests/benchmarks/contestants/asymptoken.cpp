#include "asymptoken/attention.hpp"

#include <memory>
#include <string>

#include "asymptoken/result.hpp"
#include "contestant.hpp"
#include "work/in_order.hpp"
#include "work/multiply_add.hpp"
#include "work/query_blocks.hpp"

// asymptoken_contestant_asymptoken [deterministic]: what the command computes with.

namespace {

using namespace asymptoken;

class Attention {
 public:
  Attention(const benchmarks::Workload& workload, const benchmarks::Arrays& arrays, Compute compute)
      : workload_(workload), arrays_(arrays), compute_(compute), outputs_(workload.queries, workload.d) {}

  void attend() {
    run([this](std::size_t, Index first, const AttentionOutput<float>& block) {
      outputs_.middleRows(first, block.output.rows()) = block.output;
    });
  }

  void find_moments() {
    MomentAccumulator accumulator(Vector::Zero(workload_.d));
    native::InOrder<Rows<float>> in_order([&](const Rows<float>& outputs) { accumulator.add(outputs); });
    run([&](std::size_t block, Index, AttentionOutput<float> output) {
      in_order.add(block, std::move(output.output));
    });
    moments_ = accumulator.moments();
  }

  const Rows<float>& outputs() const { return outputs_; }
  const Moments& moments() const { return moments_; }

 private:
  void run(const native::BlockSink& sink) const {
    KeyValueCache<float> tokens(workload_.d, workload_.d);
    tokens.append(arrays_.keys, arrays_.values);
    native::attend_in_blocks(arrays_.queries, tokens, benchmarks::scale_of(arrays_), compute_,
                             workload_.threads, sink);
  }

  const benchmarks::Workload workload_;
  const benchmarks::Arrays& arrays_;
  Compute compute_;
  Rows<float> outputs_;
  Moments moments_;
};

benchmarks::Contestant contestant(const benchmarks::Workload& workload, const benchmarks::Arrays& arrays,
                                  Compute compute) {
  const std::string target(name_of(compute.target));
  if (workload.kind == "peak") {
    const auto size = static_cast<double>(workload.n);
    const double operations = 4 * size * size * static_cast<double>(workload.d);
    return {.name = target + " multiply-adds in registers",
            .run = [=] { native::multiply_add_in_registers(compute.target, operations, workload.threads); }};
  }
  const std::string name = "asymptoken " + target + (compute.deterministic ? " deterministic" : "");
  const auto attention = std::make_shared<Attention>(workload, arrays, compute);
  if (workload.kind == "moments") {
    return {.name = name, .run = [=] { attention->find_moments(); }, .moments = &attention->moments()};
  }
  return {.name = name, .run = [=] { attention->attend(); }, .outputs = &attention->outputs()};
}

}  // namespace

int main(int count, char** arguments) {
  const Compute compute{.deterministic = count > 1 && std::string(arguments[1]) == "deterministic"};
  return benchmarks::take_part([&](const benchmarks::Workload& workload, const benchmarks::Arrays& arrays) {
    return contestant(workload, arrays, compute);
  });
}
