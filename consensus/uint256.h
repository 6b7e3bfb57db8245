#pragma once
// Unsigned 256-bit integers: targets and chain work. Arithmetic is modulo 2^256.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/hash256.h"

namespace cairn {

class Uint256 {
public:
    constexpr Uint256() = default;
    constexpr explicit Uint256(std::uint64_t value) : limbs_{value, 0, 0, 0} {}
    /// The number that a hash is when it is compared with a target (its bytes, least significant first).
    static Uint256 from_hash(const Hash256& hash);
    Hash256 to_hash() const;
    /// Exactly 64 hex digits, most significant first.
    static std::optional<Uint256> from_hex(std::string_view hex);
    std::string to_hex() const;
    static constexpr Uint256 max() { return ~Uint256{}; }

    constexpr std::uint64_t low64() const { return limbs_[0]; }
    /// Position of the highest set bit, counted from 1; 0 for zero.
    int bits() const;
    constexpr bool is_zero() const { return *this == Uint256{}; }
    /// The nearest double, for display.
    double to_double() const;  // floating: work, for display

    friend constexpr bool operator==(const Uint256&, const Uint256&) = default;
    friend constexpr std::strong_ordering operator<=>(const Uint256& a, const Uint256& b)
    {
        for (std::size_t i = 4; i-- > 0;) {
            if (a.limbs_[i] != b.limbs_[i]) return a.limbs_[i] <=> b.limbs_[i];
        }
        return std::strong_ordering::equal;
    }
    constexpr Uint256 operator~() const
    {
        Uint256 result;
        for (std::size_t i = 0; i < 4; ++i) result.limbs_[i] = ~limbs_[i];
        return result;
    }

    Uint256& operator+=(const Uint256& other);
    Uint256& operator-=(const Uint256& other);
    Uint256& operator*=(std::uint64_t factor);
    /// The divisor must not be zero.
    Uint256& operator/=(const Uint256& divisor);
    Uint256& operator<<=(unsigned shift);
    Uint256& operator>>=(unsigned shift);
    friend Uint256 operator+(Uint256 a, const Uint256& b) { return a += b; }
    friend Uint256 operator-(Uint256 a, const Uint256& b) { return a -= b; }
    friend Uint256 operator*(Uint256 a, std::uint64_t b) { return a *= b; }
    friend Uint256 operator/(Uint256 a, const Uint256& b) { return a /= b; }
    friend Uint256 operator<<(Uint256 a, unsigned shift) { return a <<= shift; }
    friend Uint256 operator>>(Uint256 a, unsigned shift) { return a >>= shift; }

private:
    std::array<std::uint64_t, 4> limbs_{};  // least significant first
};

/// The work that a chain of headers stands for: the sum of block_proof over it.
using ChainWork = Uint256;

}  // namespace cairn
