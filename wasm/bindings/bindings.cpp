#include <emscripten/bind.h>

#include <memory>
#include <string>

#include "boundary.hpp"
#include "job_handle.hpp"

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

/// Examples of the laws as JSON; empty where the numbers are one's own.
val law_descriptions() {
  val list = val::array();
  for (const LawDescription& law : laws()) {
    val entry = val::object();
    entry.set("name", std::string(law.name));
    entry.set("title", std::string(law.title));
    entry.set("example", std::string(law.example));
    list.call<void>("push", entry);
  }
  return list;
}

std::string complete_spec(const std::string& spec_json, const InputArrays& arrays) {
  return parse_spec(spec_json, arrays.inputs()).json;
}

std::string latest_result(const std::string& json) { return to_json(read_result(json)); }

std::string csv(const std::string& result_json) { return to_csv(read_result(result_json)); }

template <class Object, class... Arguments>
Object* made(const Arguments&... arguments) {
  return std::make_unique<Object>(arguments...).release();
}

template <class Numbers>
val copied_all(const Numbers& numbers) {
  return copied(numbers.data(), static_cast<std::size_t>(numbers.size()));
}

/// What tells a head's attention, row by row: logits <A x, y>, outputs V y.
val heads(const std::string& spec_json, const InputArrays& arrays) {
  val list = val::array();
  const Spec spec = parse_synthetic_spec(spec_json, arrays);
  for (const Head& head : spec.attention.heads) {
    val entry = val::object();
    entry.set("horizon", head.horizon);
    entry.set("matrix", copied_all(Rows<double>(head.form.A)));
    entry.set("value", copied_all(Rows<double>(head.form.V)));
    list.call<void>("push", entry);
  }
  return list;
}

/// Of the rows of `points`.
val moments(const InputArrays& arrays) {
  const Array& points = arrays.at("points");
  const auto rows = points.read<double>(0, points.rows());
  MomentAccumulator accumulator(rows.row(0).transpose());
  accumulator.add(RowsView<double>(rows));
  const Moments found = accumulator.moments();
  val entry = val::object();
  entry.set("mean", copied_all(found.mean));
  entry.set("covariance", copied_all(Rows<double>(found.covariance)));
  return entry;
}

NumberType number_type(const std::string& name) {
  return name == name_of(NumberType::float64) ? NumberType::float64 : NumberType::float32;
}

void add_array(InputArrays& arrays, const std::string& name, const std::string& type, const val& bytes,
               const val& shape, const val& strides) {
  arrays.add(name, number_type(type), emscripten::convertJSArrayToNumberVector<unsigned char>(bytes),
             emscripten::convertJSArrayToNumberVector<Index>(shape),
             emscripten::convertJSArrayToNumberVector<Index>(strides));
}

/// How the numbers of a .npy file lie after its header.
val npy_layout(const std::string& name, const val& start, double file_bytes) {
  const auto bytes = emscripten::convertJSArrayToNumberVector<unsigned char>(start);
  const auto header =
      read_npy_header(name, std::as_bytes(std::span(bytes)), static_cast<std::uint64_t>(file_bytes));
  const auto list = [](const std::vector<Index>& numbers) {
    val array = val::array();
    for (const Index number : numbers) {
      array.call<void>("push", number);
    }
    return array;
  };
  val layout = val::object();
  layout.set("type", std::string(name_of(header.layout.type)));
  layout.set("shape", list(header.layout.shape));
  layout.set("strides", list(header.layout.strides));
  layout.set("offset", static_cast<double>(header.data_offset));
  return layout;
}

val works(const JobHandle& handle) {
  std::vector<double> works(handle.job().size());
  for (std::size_t item = 0; item < works.size(); ++item) {
    works[item] = handle.job().work(item);
  }
  return copied_all(works);
}

std::size_t preparation_steps(const JobHandle& handle) { return handle.job().preparation_steps(); }

std::size_t preliminary_items(const JobHandle& handle) { return handle.job().preliminary_items(); }

std::size_t startable(const JobHandle& handle) { return handle.job().startable(); }

val edges(const RowsHandle& handle) { return copied_all(handle.edges()); }

val values(const JobHandle& handle) { return copied_all(handle.values()); }

/// How the values of replicates are ordered.
val shape(const ExperimentHandle& handle) {
  const Result& outline = handle.outline();
  val metrics = val::array();
  for (const Metric& metric : outline.metrics) {
    metrics.call<void>("push", metric.id);
  }
  val tokens = val::array();
  for (const Point& point : outline.curves.front().points) {
    tokens.call<void>("push", static_cast<double>(point.n));
  }
  val entry = val::object();
  entry.set("tokens", tokens);
  entry.set("curves", outline.curves.size());
  entry.set("metrics", metrics);
  return entry;
}

void add(JobHandle& handle, std::size_t item, const val& numbers) {
  handle.add(item, emscripten::convertJSArrayToNumberVector<double>(numbers));
}

WeightsHandle* made_weights(const MatrixHandle& matrix, Index first_row, Index last_row, Index first_column,
                            Index last_column, Index side) {
  return std::make_unique<WeightsHandle>(matrix, first_row, last_row, first_column, last_column, side)
      .release();
}

EMSCRIPTEN_BINDINGS(asymptoken) {
  using emscripten::allow_raw_pointers;
  using emscripten::base;
  using emscripten::class_;
  using emscripten::function;

  function("version", &Guarded<&library_version>::call);
  function("simd", &Guarded<&simd_name>::call);
  function("builtinSpecs", &Guarded<&builtin_documents>::call);
  function("complete", &Guarded<&complete_spec>::call);
  function("laws", &Guarded<&law_descriptions>::call);
  function("latestResult", &Guarded<&latest_result>::call);
  function("csv", &Guarded<&csv>::call);
  function("moments", &Guarded<&moments>::call);
  function("heads", &Guarded<&heads>::call);
  function("npyLayout", &Guarded<&npy_layout>::call);

  class_<InputArrays>("InputArrays")
      .constructor<>()
      .function("add", &Guarded<&add_array>::call)
      .function("fingerprint", &Guarded<&InputArrays::fingerprint>::call);

  class_<JobHandle>("Job")
      .function("works", &Guarded<&works>::call)
      .function("preparationSteps", &Guarded<&preparation_steps>::call)
      .function("prepare", &Guarded<&JobHandle::prepare>::call)
      .function("preliminaryItems", &Guarded<&preliminary_items>::call)
      .function("startable", &Guarded<&startable>::call)
      .function("begin", &Guarded<&JobHandle::begin>::call)
      .function("advance", &Guarded<&JobHandle::advance>::call)
      .function("fractionDone", &Guarded<&JobHandle::fraction_done>::call)
      .function("values", &Guarded<&values>::call)
      .function("add", &Guarded<&add>::call);

  class_<RowsHandle, base<JobHandle>>("RowsJob").function("edges", &Guarded<&edges>::call);

  class_<ExperimentHandle, base<JobHandle>>("ExperimentJob")
      .constructor(&Guarded<&made<ExperimentHandle, std::string, InputArrays>>::call, allow_raw_pointers())
      .function("limitItems", &Guarded<&ExperimentHandle::limit_items>::call)
      .function("shape", &Guarded<&shape>::call)
      .function("result", &Guarded<&ExperimentHandle::result_json>::call)
      .function("limit", &Guarded<&ExperimentHandle::limit_json>::call);

  class_<AttentionHandle, base<RowsHandle>>("AttentionJob")
      .constructor(&Guarded<&made<AttentionHandle, InputArrays, double, bool, bool>>::call,
                   allow_raw_pointers());

  class_<MatrixHandle>("AttentionMatrix")
      .constructor(&Guarded<&made<MatrixHandle, std::string, InputArrays, Index, Index, Index>>::call,
                   allow_raw_pointers())
      .constructor(&Guarded<&made<MatrixHandle, InputArrays, double, bool>>::call, allow_raw_pointers());

  class_<WeightsHandle, base<RowsHandle>>("WeightsJob")
      .constructor(&Guarded<&made_weights>::call, allow_raw_pointers());

  class_<TokensHandle, base<RowsHandle>>("TokensJob")
      .constructor(&Guarded<&made<TokensHandle, std::string, InputArrays, Index, Index>>::call,
                   allow_raw_pointers());
}

}  // namespace
}  // namespace asymptoken::wasm
