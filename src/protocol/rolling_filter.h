#pragma once
// A set that remembers at least the last N things put in, in bounded memory, and errs rarely towards "yes".

#include <cstdint>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/hash256.h"
#include "crypto/siphash.h"
#include "protocol/random.h"

namespace cairn::protocol {

/// Two Bloom filters of N entries each, of which the older is emptied when the newer is full. Allocates nothing before
/// the first insertion.
class RollingFilter {
public:
    RollingFilter(std::size_t entries, double false_positives, Random& random);  // floating: a rate of errors

    void insert(ByteSpan key) { insert_hash(crypto::siphash(key_, key)); }
    void insert(const Hash256& key) { insert_hash(crypto::siphash(key_, key)); }
    bool contains(ByteSpan key) const { return contains_hash(crypto::siphash(key_, key)); }
    bool contains(const Hash256& key) const { return contains_hash(crypto::siphash(key_, key)); }
    void clear();

private:
    using Bits = std::vector<std::uint64_t>;

    void insert_hash(std::uint64_t hash);
    bool contains_hash(std::uint64_t hash) const;
    bool has_all(const Bits& bits, std::uint64_t hash) const;
    std::size_t bit_of(std::uint64_t hash, unsigned function) const;

    std::size_t entries_;
    std::size_t bits_;
    unsigned functions_;
    crypto::SipKey key_;
    std::size_t filled_ = 0;
    Bits newer_;
    Bits older_;
};

}  // namespace cairn::protocol
