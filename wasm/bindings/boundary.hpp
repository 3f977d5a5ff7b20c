#pragma once

#include <emscripten/val.h>

#include <cstddef>
#include <exception>
#include <new>
#include <utility>

namespace asymptoken::wasm {

/// A typed array of its own: a view into this module's memory dies when the memory grows.
template <class T>
emscripten::val copied(const T* numbers, std::size_t count) {
  return emscripten::val(emscripten::typed_memory_view(count, numbers))
      .template call<emscripten::val>("slice");
}

[[noreturn]] inline void throw_to_javascript(const char* sentence) {
  emscripten::val::global("Error").new_(emscripten::val::u8string(sentence)).throw_();
  __builtin_unreachable();
}

/// Calls, and lets what C++ throws arrive in JavaScript as an ordinary Error with the same sentence.
template <class Function>
decltype(auto) with_errors(const Function& function) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    throw_to_javascript(
        "memory is exhausted; expected an experiment that fits in what the browser gives one worker");
  } catch (const std::exception& error) {
    throw_to_javascript(error.what());
  }
}

/// `Guarded<&f>::call` is f, its errors thrown to JavaScript; of a method, the object comes first.
template <auto function>
struct Guarded;

template <class Result, class... Arguments, Result (*function)(Arguments...)>
struct Guarded<function> {
  static Result call(Arguments... arguments) {
    return with_errors([&]() -> Result { return function(std::forward<Arguments>(arguments)...); });
  }
};

template <class Object, class Result, class... Arguments, Result (Object::*method)(Arguments...)>
struct Guarded<method> {
  static Result call(Object& object, Arguments... arguments) {
    return with_errors([&]() -> Result { return (object.*method)(std::forward<Arguments>(arguments)...); });
  }
};

template <class Object, class Result, class... Arguments, Result (Object::*method)(Arguments...) const>
struct Guarded<method> {
  static Result call(const Object& object, Arguments... arguments) {
    return with_errors([&]() -> Result { return (object.*method)(std::forward<Arguments>(arguments)...); });
  }
};

}  // namespace asymptoken::wasm
