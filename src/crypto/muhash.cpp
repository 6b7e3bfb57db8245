#include "crypto/muhash.h"

#include <algorithm>

#include "crypto/chacha20.h"
#include "crypto/endian.h"
#include "crypto/num3072_inverse.h"
#include "crypto/sha256.h"

namespace cairn::crypto {
namespace {

using Wide = unsigned __int128;

/// The modulus is 2^3072 less this.
constexpr std::uint64_t kComplement = 1103717;

Num3072 element_number(ByteSpan element)
{
    const Hash256 key = sha256(element);
    constexpr std::array<std::byte, 12> kNoNonce{};
    std::array<std::byte, Num3072::kBytes> bytes;
    ChaCha20{Key32{key.bytes}, kNoNonce}.keystream(bytes);
    return Num3072{bytes};
}

}  // namespace

Num3072::Num3072(std::span<const std::byte, kBytes> bytes)
{
    for (std::size_t i = 0; i < kLimbs; ++i) limbs_[i] = load_little<std::uint64_t>(bytes.data() + 8 * i);
}

std::array<std::byte, Num3072::kBytes> Num3072::to_bytes() const
{
    Num3072 reduced = *this;
    reduced.reduce_once();
    std::array<std::byte, kBytes> out;
    for (std::size_t i = 0; i < kLimbs; ++i) store_little(out.data() + 8 * i, reduced.limbs_[i]);
    return out;
}

// Numbers are kept below 2^3072, which may be the modulus or little over: subtracts it then.
void Num3072::reduce_once()
{
    const bool high_limbs_full =
        std::all_of(limbs_.begin() + 1, limbs_.end(), [](std::uint64_t limb) { return limb == ~std::uint64_t{0}; });
    if (!high_limbs_full || limbs_[0] < 0 - kComplement) return;
    limbs_[0] += kComplement;
    std::fill(limbs_.begin() + 1, limbs_.end(), 0);
}

void Num3072::multiply(const Num3072& other)
{
    std::array<std::uint64_t, 2 * kLimbs> product{};
    for (std::size_t i = 0; i < kLimbs; ++i) {
        std::uint64_t carry = 0;
        const std::uint64_t factor = limbs_[i];
        for (std::size_t j = 0; j < kLimbs; ++j) {
            const Wide sum = Wide{factor} * other.limbs_[j] + product[i + j] + carry;
            product[i + j] = static_cast<std::uint64_t>(sum);
            carry = static_cast<std::uint64_t>(sum >> 64);
        }
        product[i + kLimbs] = carry;
    }
    // 2^3072 is kComplement: fold the high half into the low one, and then what is carried out of that.
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < kLimbs; ++i) {
        const Wide sum = Wide{product[i + kLimbs]} * kComplement + product[i] + carry;
        limbs_[i] = static_cast<std::uint64_t>(sum);
        carry = static_cast<std::uint64_t>(sum >> 64);
    }
    while (carry != 0) {
        Wide sum = Wide{carry} * kComplement;
        for (auto& limb : limbs_) {
            sum += limb;
            limb = static_cast<std::uint64_t>(sum);
            sum >>= 64;
            if (sum == 0) break;
        }
        carry = static_cast<std::uint64_t>(sum);
    }
}

Num3072 Num3072::inverse() const
{
    Num3072 out;
    out.limbs_ = inverse_mod_3072(limbs_);
    return out;
}

MuHash& MuHash::insert(ByteSpan element)
{
    numerator_.multiply(element_number(element));
    return *this;
}

MuHash& MuHash::remove(ByteSpan element)
{
    denominator_.multiply(element_number(element));
    return *this;
}

MuHash& MuHash::operator*=(const MuHash& other)
{
    numerator_.multiply(other.numerator_);
    denominator_.multiply(other.denominator_);
    return *this;
}

MuHash& MuHash::operator/=(const MuHash& other)
{
    numerator_.multiply(other.denominator_);
    denominator_.multiply(other.numerator_);
    return *this;
}

Hash256 MuHash::finish() const
{
    Num3072 quotient = denominator_.inverse();
    quotient.multiply(numerator_);
    return sha256(quotient.to_bytes());
}

std::array<std::byte, MuHash::kStateBytes> MuHash::serialize() const
{
    std::array<std::byte, kStateBytes> out;
    const auto numerator = numerator_.to_bytes();
    const auto denominator = denominator_.to_bytes();
    std::copy(numerator.begin(), numerator.end(), out.begin());
    std::copy(denominator.begin(), denominator.end(), out.begin() + Num3072::kBytes);
    return out;
}

MuHash MuHash::deserialize(std::span<const std::byte, kStateBytes> bytes)
{
    MuHash out;
    out.numerator_ = Num3072{bytes.first<Num3072::kBytes>()};
    out.denominator_ = Num3072{bytes.last<Num3072::kBytes>()};
    return out;
}

}  // namespace cairn::crypto
