#include <emscripten/bind.h>

#include <memory>
#include <string>

#include "array_attention.hpp"
#include "asymptoken/result.hpp"
#include "asymptoken/spec.hpp"
#include "attention_matrix.hpp"
#include "boundary.hpp"
#include "experiment_run.hpp"
#include "token_sampler.hpp"

// What the worker calls; src/core.ts has the same in TypeScript. Documents cross as JSON, numbers as typed arrays that
// are copies, and errors as ordinary JavaScript Errors.

namespace asymptoken::wasm {

namespace {

using emscripten::val;

std::string library_version() { return std::string(version()); }

std::string simd_name() { return std::string(name_of(Compute{}.target)); }

val builtin_documents() {
  val list = val::array();
  for (const BuiltinSpec& builtin : builtin_specs()) {
    val entry = val::object();
    entry.set("name", std::string(builtin.name));
    entry.set("summary", std::string(builtin.summary));
    entry.set("json", parse_spec(builtin.json).json);
    list.call<void>("push", entry);
  }
  return list;
}

std::string complete(const std::string& spec_json) { return parse_spec(spec_json).json; }

std::string limit(const std::string& spec_json) { return limit_json(parse_spec(spec_json)); }

template <class Object, class... Arguments>
Object* made(const Arguments&... arguments) {
  return std::make_unique<Object>(arguments...).release();
}

val works(const ExperimentRun& run) {
  std::vector<double> works;
  for (const Item& item : run.items()) {
    works.push_back(item.work);
  }
  return copied(works.data(), works.size());
}

val values(const ExperimentRun& run) { return copied(run.values().data(), run.values().size()); }

void add(ExperimentRun& run, std::size_t item, const val& numbers) {
  run.add(item, emscripten::convertJSArrayToNumberVector<double>(numbers));
}

template <class Numbers>
val copied_all(const Numbers& numbers) {
  return copied(numbers.data(), static_cast<std::size_t>(numbers.size()));
}

val largest(const AttentionMatrix& matrix) { return copied_all(matrix.pooled().largest); }

val mean(const AttentionMatrix& matrix) { return copied_all(matrix.pooled().mean); }

val log_sum_exp(const AttentionMatrix& matrix) { return copied_all(matrix.log_sum_exp()); }

val participation(const AttentionMatrix& matrix) { return copied_all(matrix.participation()); }

/// What tells a head's attention, row by row: logits <A x, y>, outputs V y.
val heads(const std::string& spec_json) {
  val list = val::array();
  for (const Head& head : parse_spec(spec_json).attention.heads) {
    val entry = val::object();
    entry.set("horizon", head.horizon);
    entry.set("matrix", copied_all(Rows<double>(head.form.A)));
    entry.set("value", copied_all(Rows<double>(head.form.V)));
    list.call<void>("push", entry);
  }
  return list;
}

void append(ArrayAttention& attention, const val& keys, const val& values) {
  attention.append(emscripten::convertJSArrayToNumberVector<float>(keys),
                   emscripten::convertJSArrayToNumberVector<float>(values));
}

void begin(ArrayAttention& attention, const val& queries) {
  attention.begin(emscripten::convertJSArrayToNumberVector<float>(queries));
}

val output(const ArrayAttention& attention) { return copied_all(attention.attention().output); }

val array_log_sum_exp(const ArrayAttention& attention) {
  return copied_all(attention.attention().log_sum_exp);
}

val sample(const TokenSampler& sampler, Index first, Index count) {
  return copied_all(sampler.sample(first, count));
}

EMSCRIPTEN_BINDINGS(asymptoken) {
  using emscripten::allow_raw_pointers;
  using emscripten::class_;
  using emscripten::function;

  function("version", &Guarded<&library_version>::call);
  function("simd", &Guarded<&simd_name>::call);
  function("builtinSpecs", &Guarded<&builtin_documents>::call);
  function("complete", &Guarded<&complete>::call);
  function("limit", &Guarded<&limit>::call);
  function("heads", &Guarded<&heads>::call);

  class_<ExperimentRun>("ExperimentRun")
      .constructor(&Guarded<&made<ExperimentRun, std::string>>::call, allow_raw_pointers())
      .function("works", &Guarded<&works>::call)
      .function("begin", &Guarded<&ExperimentRun::begin>::call)
      .function("advance", &Guarded<&ExperimentRun::advance>::call)
      .function("fractionDone", &Guarded<&ExperimentRun::fraction_done>::call)
      .function("values", &Guarded<&values>::call)
      .function("add", &Guarded<&add>::call)
      .function("result", &Guarded<&ExperimentRun::result_json>::call);

  class_<AttentionMatrix>("AttentionMatrix")
      .constructor(&Guarded<&made<AttentionMatrix, std::string, Index, Index, Index>>::call,
                   allow_raw_pointers())
      .function("begin", &Guarded<&AttentionMatrix::begin>::call)
      .function("advance", &Guarded<&AttentionMatrix::advance>::call)
      .function("largest", &Guarded<&largest>::call)
      .function("mean", &Guarded<&mean>::call)
      .function("logSumExp", &Guarded<&log_sum_exp>::call)
      .function("participation", &Guarded<&participation>::call);

  class_<ArrayAttention>("ArrayAttention")
      .constructor(&Guarded<&made<ArrayAttention, Index, Index, Index, double, bool>>::call,
                   allow_raw_pointers())
      .function("append", &Guarded<&append>::call)
      .function("begin", &Guarded<&begin>::call)
      .function("advance", &Guarded<&ArrayAttention::advance>::call)
      .function("output", &Guarded<&output>::call)
      .function("logSumExp", &Guarded<&array_log_sum_exp>::call);

  class_<TokenSampler>("TokenSampler")
      .constructor(&Guarded<&made<TokenSampler, std::string, Index, Index>>::call, allow_raw_pointers())
      .function("dimension", &Guarded<&TokenSampler::dimension>::call)
      .function("work", &Guarded<&TokenSampler::work>::call)
      .function("sample", &Guarded<&sample>::call);
}

}  // namespace
}  // namespace asymptoken::wasm
