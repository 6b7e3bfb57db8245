#pragma once
// MuHash3072: the hash of a set, to which elements are added and from which they are removed in any order.
//
// Each element is a number of 3072 bits (ChaCha20 keyed by its SHA-256); the set is the product of those added divided
// by the product of those removed, modulo 2^3072 - 1103717. Equal to Bitcoin Core's, in hash and in serialized form.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto/bytes.h"
#include "crypto/hash256.h"

namespace cairn::crypto {

/// A number modulo 2^3072 - 1103717; little-endian limbs.
class Num3072 {
public:
    static constexpr std::size_t kBytes = 384;
    static constexpr std::size_t kLimbs = kBytes / 8;

    /// One.
    constexpr Num3072() { limbs_[0] = 1; }
    /// From 384 little-endian bytes.
    explicit Num3072(std::span<const std::byte, kBytes> bytes);

    void multiply(const Num3072& other);
    /// The multiplicative inverse; zero's is zero.
    Num3072 inverse() const;
    std::array<std::byte, kBytes> to_bytes() const;

private:
    void reduce_once();

    std::array<std::uint64_t, kLimbs> limbs_{};
};

/// A set under way. A value; the empty set by default.
class MuHash {
public:
    static constexpr std::size_t kStateBytes = 2 * Num3072::kBytes;

    MuHash& insert(ByteSpan element);
    MuHash& remove(ByteSpan element);
    /// Union, and difference, with another set's.
    MuHash& operator*=(const MuHash& other);
    MuHash& operator/=(const MuHash& other);

    /// The set's hash. One inversion: about a tenth of a millisecond.
    Hash256 finish() const;

    /// Numerator and denominator, as Bitcoin Core's coin statistics index stores them.
    std::array<std::byte, kStateBytes> serialize() const;
    static MuHash deserialize(std::span<const std::byte, kStateBytes> bytes);

private:
    Num3072 numerator_;
    Num3072 denominator_;
};

}  // namespace cairn::crypto
