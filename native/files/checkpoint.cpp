#include "files/checkpoint.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "asymptoken/error.hpp"
#include "asymptoken/result.hpp"

namespace asymptoken::native {

namespace {

using nlohmann::json;

constexpr std::string_view kind = "asymptoken checkpoint";

// `/law/dimension` is `law.dimension` everywhere else.
std::string dotted(const std::string& pointer) {
  std::string path = pointer.empty() ? pointer : pointer.substr(1);
  std::ranges::replace(path, '/', '.');
  return path;
}

std::string value_at(const json& document, const std::string& pointer) {
  const json::json_pointer place(pointer);
  return document.contains(place) ? document.at(place).dump() : "absent";
}

json inputs_json(const std::vector<InputDescription>& inputs) {
  json document = json::object();
  for (const InputDescription& input : inputs) {
    document[input.name] = {{"layout", input.layout}, {"fingerprint", input.fingerprint}};
  }
  return document;
}

std::vector<double> values_of(const json& list) {
  std::vector<double> values;
  for (const json& value : list) {
    values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
  }
  return values;
}

}  // namespace

void Checkpoint::fail(std::string_view found, std::string_view expected) const {
  throw Error("--checkpoint", path_ + " " + std::string(found), expected);
}

Checkpoint::Checkpoint(std::string path, const Spec& spec, std::string simd)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)),
      simd_(std::move(simd)) {
  std::string text;
  if (!file_.is_open()) fail("(" + system_message(errno) + ")", "a path that can be written");
  if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    fail("(in use by another run)", "a file of its own for each run");
  }
  if (!read_all(file_, text)) fail("(" + system_message(errno) + ")", "a file that can be read");

  const json identity = {{"kind", kind},
                         {"version", version()},
                         {"simd", simd_},
                         {"spec", json::parse(spec.json)},
                         {"inputs", inputs_json(spec.inputs)}};
  const std::string first_line = identity.dump() + "\n";
  const std::size_t whole = restore(text, first_line, identity);
  if (whole < text.size() && ::ftruncate(file_.number(), static_cast<off_t>(whole)) != 0) {
    fail("(" + system_message(errno) + ")", "a path that can be written");
  }
  if (whole == 0) write_line(first_line);
}

std::size_t Checkpoint::restore(const std::string& text, const std::string& first_line,
                                const json& expected) {
  const std::size_t first_end = text.find('\n');
  if (first_end == std::string::npos) {
    // Nothing yet, or cut off in its first line; anything else is somebody's file, which is left alone.
    if (first_line.starts_with(text)) return 0;
    fail("(something else)", "a checkpoint or a new file");
  }
  const json identity =
      json::parse(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(first_end), nullptr, false);
  if (!identity.is_object() || identity.value("kind", json()) != kind || !identity.contains("spec") ||
      !identity.contains("version") || !identity.value("simd", json()).is_string()) {
    fail("(something else)", "a checkpoint or a new file");
  }
  const json& spec = expected["spec"];
  if (const json difference = json::diff(spec, identity["spec"]); !difference.empty()) {
    const std::string place = difference.front().at("path");
    fail("(begun with " + dotted(place) + " = " + value_at(identity["spec"], place) + ")",
         "a checkpoint of this spec, where it is " + value_at(spec, place) + ", or a new file");
  }
  for (const auto& [name, array] : expected["inputs"].items()) {
    if (const json before = identity.value("inputs", json::object()).value(name, json()); before != array) {
      fail("(begun with another array as input " + name + ", " + before.dump() + ")",
           "a checkpoint of this one, " + array.dump() + ", or a new file");
    }
  }
  if (identity["version"] != version()) {
    fail("(begun by version " + identity["version"].dump() + ")",
         "one of this version, " + std::string(version()));
  }
  if (const auto& before = identity["simd"].get_ref<const std::string&>(); before != simd_) {
    simd_ = before + "+" + simd_;
  }

  std::size_t start = first_end + 1;
  while (start < text.size()) {
    const std::size_t end = text.find('\n', start);
    if (end == std::string::npos) break;
    const json line = json::parse(text.begin() + static_cast<std::ptrdiff_t>(start),
                                  text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    try {
      finished_.push_back({line.at("item"), values_of(line.at("values"))});
    } catch (const json::exception&) {
      fail("with a damaged line at byte " + std::to_string(start), "one JSON object a line");
    }
    start = end + 1;
  }
  return start;
}

void Checkpoint::append(std::size_t item, std::span<const double> values) {
  // What is not defined is NaN, which JSON writes as null; infinity has no such place, and its item is done again.
  if (std::ranges::any_of(values, [](double value) { return std::isinf(value); })) return;
  write_line(json{{"item", item}, {"values", values}}.dump() + "\n");
}

void Checkpoint::write_line(const std::string& line) {
  if (!write_all(file_, line)) fail("(" + system_message(errno) + ")", "a path that can be written");
}

}  // namespace asymptoken::native
