#include "consensus/uint256.h"

#include <bit>
#include <cassert>
#include <cmath>

#include "crypto/endian.h"

namespace cairn {
namespace {

__extension__ using Wide = unsigned __int128;

}  // namespace

Uint256 Uint256::from_hash(const Hash256& hash)
{
    Uint256 result;
    for (std::size_t i = 0; i < result.limbs_.size(); ++i) {
        result.limbs_[i] = crypto::load_little<std::uint64_t>(&hash.bytes[8 * i]);
    }
    return result;
}

Hash256 Uint256::to_hash() const
{
    Hash256 hash;
    for (std::size_t i = 0; i < limbs_.size(); ++i) crypto::store_little(&hash.bytes[8 * i], limbs_[i]);
    return hash;
}

std::optional<Uint256> Uint256::from_hex(std::string_view hex)
{
    const auto hash = Hash256::from_hex(hex);
    if (!hash) return std::nullopt;
    return from_hash(*hash);
}

std::string Uint256::to_hex() const
{
    return to_hash().to_hex();
}

int Uint256::bits() const
{
    for (std::size_t i = limbs_.size(); i-- > 0;) {
        if (limbs_[i] != 0) return static_cast<int>(64 * i + std::bit_width(limbs_[i]));
    }
    return 0;
}

double Uint256::to_double() const  // floating: work, for display
{
    double result = 0;  // floating: as above
    for (std::size_t i = limbs_.size(); i-- > 0;) {
        result = std::ldexp(result, 64) + static_cast<double>(limbs_[i]);  // floating: as above
    }
    return result;
}

Uint256& Uint256::operator+=(const Uint256& other)
{
    Wide carry = 0;
    for (std::size_t i = 0; i < limbs_.size(); ++i) {
        carry += Wide{limbs_[i]} + other.limbs_[i];
        limbs_[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    return *this;
}

Uint256& Uint256::operator-=(const Uint256& other)
{
    *this += ~other;
    return *this += Uint256{1};
}

Uint256& Uint256::operator*=(std::uint64_t factor)
{
    Wide carry = 0;
    for (std::uint64_t& limb : limbs_) {
        carry += Wide{limb} * factor;
        limb = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    return *this;
}

Uint256& Uint256::operator/=(const Uint256& divisor)
{
    assert(!divisor.is_zero());
    Uint256 rest = *this;
    Uint256 quotient;
    for (int shift = bits() - divisor.bits(); shift >= 0; --shift) {
        const Uint256 part = divisor << static_cast<unsigned>(shift);
        if (rest < part) continue;
        rest -= part;
        quotient.limbs_[static_cast<std::size_t>(shift) / 64] |= std::uint64_t{1} << (shift % 64);
    }
    return *this = quotient;
}

Uint256& Uint256::operator<<=(unsigned shift)
{
    const std::size_t whole = shift / 64;
    const unsigned part = shift % 64;
    for (std::size_t i = limbs_.size(); i-- > 0;) {
        std::uint64_t limb = i >= whole ? limbs_[i - whole] << part : 0;
        if (part != 0 && i > whole) limb |= limbs_[i - whole - 1] >> (64 - part);
        limbs_[i] = limb;
    }
    return *this;
}

Uint256& Uint256::operator>>=(unsigned shift)
{
    const std::size_t whole = shift / 64;
    const unsigned part = shift % 64;
    for (std::size_t i = 0; i < limbs_.size(); ++i) {
        std::uint64_t limb = i + whole < limbs_.size() ? limbs_[i + whole] >> part : 0;
        if (part != 0 && i + whole + 1 < limbs_.size()) limb |= limbs_[i + whole + 1] << (64 - part);
        limbs_[i] = limb;
    }
    return *this;
}

}  // namespace cairn
