#pragma once

#include <limits>
#include <utility>

#include "simd/vector.hpp"

// Elementary functions from + - * /, square roots and bit operations alone. Polynomials are minimax fits (Remez) to the
// reduced functions; the bounds that the public headers state are measured by the tests.

namespace asymptoken::simd {

/// Adding and subtracting it rounds to the nearest integer, and leaves that integer in the low bits of the sum.
template <class T>
static constexpr T rounding_constant = sizeof(T) == 4 ? T(12582912) : T(6755399441055744);

template <class T>
inline constexpr int mantissa_bits = std::numeric_limits<T>::digits - 1;

/// 2^k for the integers k in [-126, 127] (float) or [-1022, 1023] (double).
template <class T, class Arch>
inline Vector<T, Arch> power_of_two(Vector<Bits<T>, Arch> k) {
  constexpr Bits<T> bias = std::numeric_limits<T>::max_exponent - 1;
  return xsimd::bitwise_cast<T>((k + Vector<Bits<T>, Arch>(bias)) << mantissa_bits<T>);
}

/// 2^x for x below 127 (float) or 1023 (double): the weight of a key with that logit in base 2. Within 2e-7 (float, 1 at
/// 0) or 3e-16 of the true value, relatively. Anything below 2^least_power, -infinity too, gives that power; 0 stands for the least normal one (2^-126
/// or 2^-1022): nothing beside 1.
template <bool fused, int least_power = 0, class T, class Arch>
inline Vector<T, Arch> exp2_bounded_below(Vector<T, Arch> x) {
  using V = Vector<T, Arch>;
  static constexpr T least = least_power == 0 ? std::numeric_limits<T>::min_exponent - 1 : least_power;
  x = xsimd::max(x, constant<T, Arch>(least));
  const V rounding = constant<T, Arch>(rounding_constant<T>);
  const V shifted = x + rounding;
  const V r = x - (shifted - rounding);
  V value;
  if constexpr (std::is_same_v<T, float>) {
    static constexpr float coefficients[] = {1.0F,           0x1.62e42ap-1F, 0x1.ebf9c2p-3F,
                                             0x1.c6b6d8p-5F, 0x1.3ce8acp-7F, 0x1.5bda4p-10F};
    value = polynomial<fused>(r, coefficients);
  } else {
    static constexpr double coefficients[] = {1.0,
                                              0x1.62e42fefa39efp-1,
                                              0x1.ebfbdff82c58fp-3,
                                              0x1.c6b08d704a0cfp-5,
                                              0x1.3b2ab6fba4e22p-7,
                                              0x1.5d87fe78a26c9p-10,
                                              0x1.430912f883cf9p-13,
                                              0x1.ffcbfc74d61c1p-17,
                                              0x1.62c021e26e192p-20,
                                              0x1.b524dd552f5e0p-24,
                                              0x1.e4d06c743ec42p-28,
                                              0x1.ea014f0dbf77ep-32,
                                              0x1.c2ce9b52ffc69p-36};
    value = polynomial<fused>(r, coefficients);
  }
  // The rounded x sits in the low bits of `shifted`: moved to the exponent field it multiplies by 2^round(x).
  const auto exponent = xsimd::bitwise_cast<Bits<T>>(shifted) << mantissa_bits<T>;
  return xsimd::bitwise_cast<T>(xsimd::bitwise_cast<Bits<T>>(value) + exponent);
}

/// e^x for every x, denormal results, overflow and NaN included.
template <bool fused, class T, class Arch>
inline Vector<T, Arch> exp(Vector<T, Arch> x) {
  using V = Vector<T, Arch>;
  using B = Vector<Bits<T>, Arch>;
  constexpr bool single = std::is_same_v<T, float>;
  constexpr T log2_e = T(1.44269504088896340736);
  // ln 2 in two parts; the first has so few bits that its product with any exponent is exact.
  constexpr T ln2_high = single ? T(0.693359375) : T(0x1.62e42fefap-1);
  constexpr T ln2_low = single ? T(-2.12194440054690583e-4) : T(0x1.cf79abc9e3b3ap-40);
  constexpr T highest = single ? T(89) : T(710);
  constexpr T lowest = single ? T(-104) : T(-746);

  const V bounded = xsimd::min(xsimd::max(x, V(lowest)), V(highest));
  const V shifted = bounded * V(log2_e) + V(rounding_constant<T>);
  const V k = shifted - V(rounding_constant<T>);
  const V high = bounded - k * V(ln2_high);
  const V r = high - k * V(ln2_low);
  const V lost = (high - r) - k * V(ln2_low);
  V q;
  if constexpr (single) {
    static constexpr float coefficients[] = {0x1.fffffcp-2F, 0x1.555492p-3F, 0x1.5558f2p-5F, 0x1.1239d6p-7F,
                                             0x1.6a244ap-10F};
    q = polynomial<fused>(r, coefficients);
  } else {
    static constexpr double coefficients[] = {0x1.0p-1,
                                              0x1.555555555555bp-3,
                                              0x1.5555555555503p-5,
                                              0x1.111111110ec64p-7,
                                              0x1.6c16c16c30443p-10,
                                              0x1.a01a01b37b895p-13,
                                              0x1.a01a01369d5d4p-16,
                                              0x1.71ddf027a5894p-19,
                                              0x1.27e5b436bbef6p-22,
                                              0x1.af6bdbbd80f6fp-26,
                                              0x1.1e3d32f452202p-29};
    q = polynomial<fused>(r, coefficients);
  }
  const V value = V(T(1)) + (r + multiply_add<fused>(q, r * r, lost));
  // Two factors, so that the product may leave the normal range at either end.
  const B exponent =
      xsimd::bitwise_cast<Bits<T>>(shifted) - B(xsimd::bitwise_cast<Bits<T>>(V(rounding_constant<T>)));
  const B half = exponent >> 1;
  const V scaled = value * power_of_two<T, Arch>(half) * power_of_two<T, Arch>(exponent - half);
  return xsimd::select(x != x, x, scaled);
}

/// ln(x / 2^shift) for positive normal x.
template <bool fused, class Arch>
inline Vector<float, Arch> log_of_normal(Vector<float, Arch> x, Vector<float, Arch> shift) {
  using V = Vector<float, Arch>;
  using B = Vector<std::int32_t, Arch>;
  // x = 2^e m with m in [sqrt(1/2), sqrt 2).
  const B offset = xsimd::bitwise_cast<std::int32_t>(x) - B(0x3f3504f3);
  const V e = xsimd::batch_cast<float>(offset >> 23) - shift;
  const V m = xsimd::bitwise_cast<float>((offset & B(0x007fffff)) + B(0x3f3504f3));
  const V f = m - V(1.0F);
  static constexpr float coefficients[] = {0x1.555548p-2F,  -0x1.000006p-2F, 0x1.99a4b6p-3F,
                                           -0x1.555c4ep-3F, 0x1.233768p-3F,  -0x1.fc2204p-4F,
                                           0x1.e6f068p-4F,  -0x1.de3c28p-4F, 0x1.1457c4p-4F};
  const V p = polynomial<fused>(f, coefficients);
  const V square = f * f;
  const V tail =
      multiply_add<fused>(square * f, p, multiply_add<fused>(square, V(-0.5F), e * V(-2.12194440e-4F)));
  return multiply_add<fused>(e, V(0.693359375F), f + tail);
}

/// ln x for every x; -infinity at 0, NaN below.
template <bool fused, class Arch>
inline Vector<float, Arch> log(Vector<float, Arch> x) {
  using V = Vector<float, Arch>;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float undefined = std::numeric_limits<float>::quiet_NaN();
  constexpr float least_normal = std::numeric_limits<float>::min();
  // Denormal numbers are brought into the normal range first.
  const auto denormal = x < V(least_normal);
  const V scale = xsimd::select(denormal, V(0x1p24F), V(1.0F));
  const V value = log_of_normal<fused>(x * scale, xsimd::select(denormal, V(24.0F), V(0.0F)));
  const V at_zero = xsimd::select(x == V(0.0F), V(-infinity), V(undefined));
  const V bounded = xsimd::select(x < V(infinity), value, x);  // +infinity and NaN stay
  return xsimd::select(x > V(0.0F), bounded, xsimd::select(x != x, x, at_zero));
}

/// Sine and cosine of 2 pi (turn / 2^32), within 3 ulp and 1.25e-7: the reduction is exact because it happens on integers.
template <bool fused, class Arch>
inline std::pair<Vector<float, Arch>, Vector<float, Arch>> sine_cosine_of_turn(
    Vector<std::int32_t, Arch> turn) {
  using V = Vector<float, Arch>;
  using B = Vector<std::int32_t, Arch>;
  constexpr std::int32_t sign_bit = std::numeric_limits<std::int32_t>::min();
  // The nearest quarter turn is in the two upper bits.
  const B quadrant = turn + B(0x20000000);
  const B rest = turn - (quadrant & B(sign_bit >> 1));
  const V r = xsimd::batch_cast<float>(rest) * V(0x1.921fb6p-30F);  // 2 pi / 2^32
  const V z = r * r;
  static constexpr float sine[] = {-0x1.555546p-3F, 0x1.11076p-7F, -0x1.994eb4p-13F};
  static constexpr float cosine[] = {0x1.55554ap-5F, -0x1.6c0c8cp-10F, 0x1.9a025ap-16F};
  const V s = multiply_add<fused>(r * z, polynomial<fused>(z, sine), r);
  const V c =
      multiply_add<fused>(z * z, polynomial<fused>(z, cosine), multiply_add<fused>(z, V(-0.5F), V(1.0F)));
  const auto is_odd = xsimd::batch_bool_cast<float>((quadrant << 1) < B(0));
  // Sine is negative in quadrants 2 and 3, cosine in 1 and 2.
  const auto negate = [](V value, B where) {
    return xsimd::bitwise_cast<float>(xsimd::bitwise_cast<std::int32_t>(value) ^ (where & B(sign_bit)));
  };
  return {negate(xsimd::select(is_odd, c, s), quadrant),
          negate(xsimd::select(is_odd, s, c), quadrant + B(0x40000000))};
}

}  // namespace asymptoken::simd
