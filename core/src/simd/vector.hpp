#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <xsimd/xsimd.hpp>

// Here and in the headers that include this one, each function is either a template over the architecture or `static`: a
// linker that found two of one name, compiled for different instruction sets, would keep either for both. A test looks.

namespace asymptoken::simd {

template <class T, class Arch>
using Vector = xsimd::batch<T, Arch>;

/// The integers with the same number of bits as T, one for each lane of Vector<T, Arch>.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

/// Whether the target has an instruction for a b + c.
template <class Arch>
inline constexpr bool can_fuse =
#ifdef __wasm_relaxed_simd__
    true;
#else
    !std::is_same_v<Arch, xsimd::sse2> && !std::is_same_v<Arch, xsimd::wasm>;
#endif

/// a b + c, rounded once where it is fused, which takes a target that can. Not fused it is the same operation on every
/// target, which is what makes results equal bit for bit.
template <bool fused, class T, class Arch>
inline Vector<T, Arch> multiply_add(Vector<T, Arch> a, Vector<T, Arch> b, Vector<T, Arch> c) {
  if constexpr (!fused) {
    return a * b + c;
  } else {
#ifdef __wasm_relaxed_simd__
    // xsimd's fma for wasm is a multiply and an add.
    if constexpr (std::is_same_v<T, float>) {
      return __builtin_wasm_relaxed_madd_f32x4(a, b, c);
    } else {
      return __builtin_wasm_relaxed_madd_f64x2(a, b, c);
    }
#else
    return xsimd::fma(a, b, c);
#endif
  }
}

/// A number of static storage, in all lanes.
template <class T, class Arch>
inline Vector<T, Arch> constant(const T& number) {
  const T* place = &number;
  if constexpr (std::is_same_v<Arch, xsimd::wasm>) {
    // V8 builds a vector that it knows anew at each use, in three instructions; loading one takes one.
    asm("" : "+r"(place));
  }
  return Vector<T, Arch>(*place);
}

/// c_0 + c_1 x + c_2 x^2 + ... by Horner's rule; the coefficients are of static storage.
template <bool fused, class T, class Arch, std::size_t terms>
inline Vector<T, Arch> polynomial(Vector<T, Arch> x, const T (&coefficients)[terms]) {
  Vector<T, Arch> value = constant<T, Arch>(coefficients[terms - 1]);
#pragma GCC unroll 16
  for (std::size_t i = terms - 1; i-- > 0;) {
    value = multiply_add<fused>(value, x, constant<T, Arch>(coefficients[i]));
  }
  return value;
}

}  // namespace asymptoken::simd
