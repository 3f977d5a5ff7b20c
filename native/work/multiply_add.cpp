#include "work/multiply_add.hpp"

#include <array>
#include <cmath>
#include <string>

#include "asymptoken/error.hpp"
#include "work/parallel.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace asymptoken::native {

namespace {

// Independent chains x -> factor x + term. As many as hide the latency of two units (four cycles each) and fit into 16
// registers beside the operands.
constexpr std::size_t chains = 12;
constexpr float factor = 0.5F;
constexpr float term = 1.0F;

#if defined(__x86_64__)

float run_sse2(std::int64_t rounds) {
  const __m128 a = _mm_set1_ps(factor);
  const __m128 b = _mm_set1_ps(term);
  std::array<__m128, chains> x{};
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (__m128& chain : x) chain = _mm_add_ps(_mm_mul_ps(chain, a), b);
  }
  for (std::size_t i = 1; i < chains; ++i) x[0] = _mm_add_ps(x[0], x[i]);
  return _mm_cvtss_f32(x[0]);
}

[[gnu::target("avx2,fma")]] float run_avx2(std::int64_t rounds) {
  const __m256 a = _mm256_set1_ps(factor);
  const __m256 b = _mm256_set1_ps(term);
  std::array<__m256, chains> x{};
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (__m256& chain : x) chain = _mm256_fmadd_ps(chain, a, b);
  }
  for (std::size_t i = 1; i < chains; ++i) x[0] = _mm256_add_ps(x[0], x[i]);
  return _mm256_cvtss_f32(x[0]);
}

[[gnu::target("avx512f")]] float run_avx512(std::int64_t rounds) {
  const __m512 a = _mm512_set1_ps(factor);
  const __m512 b = _mm512_set1_ps(term);
  std::array<__m512, chains> x{};
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (__m512& chain : x) chain = _mm512_fmadd_ps(chain, a, b);
  }
  for (std::size_t i = 1; i < chains; ++i) x[0] = _mm512_add_ps(x[0], x[i]);
  return _mm512_cvtss_f32(x[0]);
}

#elif defined(__aarch64__)

float run_neon64(std::int64_t rounds) {
  const float32x4_t a = vdupq_n_f32(factor);
  const float32x4_t b = vdupq_n_f32(term);
  std::array<float32x4_t, chains> x{};
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (float32x4_t& chain : x) chain = vfmaq_f32(b, chain, a);
  }
  for (std::size_t i = 1; i < chains; ++i) x[0] = vaddq_f32(x[0], x[i]);
  return vgetq_lane_f32(x[0], 0);
}

#endif

struct Loop {
  float (*run)(std::int64_t rounds);
  double lanes;
};

Loop loop_of(SimdTarget target) {
  switch (target) {
#if defined(__x86_64__)
    case SimdTarget::sse2:
      return {run_sse2, 4};
    case SimdTarget::avx2:
      return {run_avx2, 8};
    case SimdTarget::avx512:
      return {run_avx512, 16};
#elif defined(__aarch64__)
    case SimdTarget::neon64:
      return {run_neon64, 4};
#endif
    default:
      throw Error("SIMD target", name_of(target), "one that this binary was built with");
  }
}

}  // namespace

double multiply_add_in_registers(SimdTarget target, double operations, unsigned threads) {
  const Loop loop = loop_of(target);
  const double per_round = 2.0 * loop.lanes * static_cast<double>(chains);
  const auto rounds = static_cast<std::int64_t>(std::ceil(operations / per_round / threads));
  const auto work = [&](std::size_t, const std::atomic<bool>&) {
    // From 0 on the chains converge to 2: a loop that was optimised away would not arrive there.
    const float sum = loop.run(rounds);
    if (rounds > 100 && sum != 2 * static_cast<float>(chains)) {
      throw Error("sum of the chains", std::to_string(sum), std::to_string(2 * chains));
    }
  };
  run_parallel(threads, threads, work, [] { return true; });
  return per_round * static_cast<double>(rounds) * threads;
}

}  // namespace asymptoken::native
