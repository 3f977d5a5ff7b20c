#pragma once

#include <bit>
#include <cstdint>

namespace asymptoken {

/// ln x for a normal x > 0, within 1 ulp. Our own, because the libm of a browser and of a native system differ in the
/// last bit, and results that must be equal bit for bit cannot use either.
inline double portable_log(double x) {
  // x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt 2), so that f is exact.
  constexpr std::uint64_t sqrt_half_bits = 0x3fe6a09e667f3bcd;
  const std::uint64_t offset = std::bit_cast<std::uint64_t>(x) - sqrt_half_bits;
  const auto e = static_cast<double>(static_cast<std::int64_t>(offset) >> 52);
  const double f = std::bit_cast<double>((offset & 0x000fffffffffffff) + sqrt_half_bits) - 1.0;
  // ln(1 + f) = 2 artanh s = 2 s + s R(s^2), s = f / (2 + f).
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double R = z * (0x1.5555555555555p-1 +
                        z * (0x1.9999999999dfep-2 +
                             z * (0x1.249249242b512p-2 +
                                  z * (0x1.c71c7258eacb9p-3 +
                                       z * (0x1.745cde3b90d07p-3 +
                                            z * (0x1.3b20aa89f6a3fp-3 +
                                                 z * (0x1.0f5ce03283038p-3 + z * 0x1.0f623df0e90adp-3)))))));
  const double half_square = 0.5 * f * f;
  constexpr double ln2_high = 0x1.62e42fefap-1;
  constexpr double ln2_low = 0x1.cf79abc9e3b3ap-40;
  return e * ln2_high - ((half_square - (s * (half_square + R) + e * ln2_low)) - f);
}

}  // namespace asymptoken
