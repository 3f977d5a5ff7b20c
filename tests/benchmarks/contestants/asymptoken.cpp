#include <memory>
#include <span>
#include <string>
#include <utility>

#include "asymptoken/attention_jobs.hpp"
#include "asymptoken/in_order.hpp"
#include "asymptoken/result.hpp"
#include "contestant.hpp"
#include "work/multiply_add.hpp"
#include "work/run_job.hpp"

// asymptoken_contestant_asymptoken [deterministic]: what the command computes with.

namespace {

using namespace asymptoken;

Array array(const char* name, const Rows<float>& rows) {
  return {
      name, rows.data(), {.type = NumberType::float32, .shape = {rows.rows(), rows.cols()}, .strides = {}}};
}

class Attention {
 public:
  Attention(const benchmarks::Workload& workload, const benchmarks::Arrays& arrays, Compute compute)
      : workload_(workload), arrays_(arrays), compute_(compute), outputs_(workload.queries, workload.d) {}

  void attend() {
    run([this](std::size_t, IndexRange range, const RowsView<double>& block) {
      outputs_.middleRows(range.first, range.size()) = block.cast<float>();
    });
  }

  void find_moments() {
    MomentAccumulator accumulator(Vector::Zero(workload_.d));
    InOrder<Rows<double>> in_order([&](const Rows<double>& outputs) { accumulator.add(outputs); });
    run([&](std::size_t item, IndexRange, const RowsView<double>& block) {
      in_order.add(item, Rows<double>(block));
    });
    moments_ = accumulator.moments();
  }

  const Rows<float>& outputs() const { return outputs_; }
  const Moments& moments() const { return moments_; }

 private:
  /// Hands the outputs of each block of queries to `take`, one at a time.
  template <class Take>
  void run(const Take& take) const {
    AttentionJob job(array("queries", arrays_.queries), array("keys", arrays_.keys),
                     array("values", arrays_.values),
                     {.scale = static_cast<double>(benchmarks::scale_of(arrays_)),
                      .deterministic = compute_.deterministic});
    native::run_job(job,
                    {.compute = compute_,
                     .threads = workload_.threads,
                     .display = native::progress_display("none", ""),
                     .units = static_cast<std::int64_t>(job.size())},
                    job.size(), [&](std::size_t item, std::span<const double> numbers) {
                      const IndexRange range = job.rows_of(item);
                      const Eigen::Map<const Rows<double>> rows(numbers.data(), range.size(),
                                                                job.row_width());
                      take(item, range, rows.leftCols(job.value_dimension()));
                    });
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
