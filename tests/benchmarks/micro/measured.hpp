#pragma once

#include <benchmark/benchmark.h>

#include <string_view>

namespace asymptoken::benchmarks {

/// Throws, which ends the whole program, when an error is above its bound or not a number.
void require_error_below(double bound, double error, std::string_view what);

/// Reports what a number of floating-point operations each iteration makes: GFLOP/s, and the fraction of the multiply-adds
/// that this machine makes in registers just then.
void report_operations(benchmark::State& state, double operations);

/// Reports numbers each second.
void report_numbers(benchmark::State& state, double numbers);

}  // namespace asymptoken::benchmarks
