#pragma once
// SipHash-2-4 (BIP152, BIP158, and tables that hostile keys must not degrade).

#include <cstddef>
#include <cstdint>

#include "crypto/bytes.h"
#include "crypto/hash256.h"

namespace cairn::crypto {

struct SipKey {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;
};

std::uint64_t siphash(SipKey key, ByteSpan bytes);
/// Equal to siphash of the 32 bytes; faster.
std::uint64_t siphash(SipKey key, const Hash256& value);
/// Equal to siphash of the 32 bytes and `extra` as four little-endian bytes; faster.
std::uint64_t siphash(SipKey key, const Hash256& value, std::uint32_t extra);

/// Hash function for tables whose keys others choose: Hash256, any StrongHash, and what has `txid` and `index`
/// (Outpoint). Give it a random key. Its results are well mixed (`is_avalanching` tells Boost's tables so).
class SaltedHasher {
public:
    using is_avalanching = void;
    using is_transparent = void;

    explicit SaltedHasher(SipKey key) : key_(key) {}

    std::size_t operator()(const Hash256& value) const { return siphash(key_, value); }
    template <class Tag>
    std::size_t operator()(const StrongHash<Tag>& hash) const
    {
        return siphash(key_, hash.value);
    }
    template <class Outpoint>
        requires requires(const Outpoint& o) {
            o.txid.value;
            o.index;
        }
    std::size_t operator()(const Outpoint& outpoint) const
    {
        return siphash(key_, outpoint.txid.value, outpoint.index);
    }

private:
    SipKey key_;
};

}  // namespace cairn::crypto
