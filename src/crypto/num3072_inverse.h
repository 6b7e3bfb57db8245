#pragma once
// The inverse modulo 2^3072 - 1103717. Inside the room only.

#include <array>
#include <cstdint>

namespace cairn::crypto {

/// Of a number of 48 little-endian limbs, of any size; zero's is zero.
std::array<std::uint64_t, 48> inverse_mod_3072(const std::array<std::uint64_t, 48>& number);

}  // namespace cairn::crypto
