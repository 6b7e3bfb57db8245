#pragma once
// Remembers signatures that verified, so that a block's are not verified again when the mempool saw them.

#include <array>
#include <cstdint>
#include <memory>

#include "consensus/script/signature_verifier.h"

namespace cairn::mempool {

/// A SignatureVerifier with a table of bounded size in front of another. Thread-safe if the other is. Only successes
/// are kept, under a salted SHA-256 of sighash, key and signature; when a bucket is full the oldest in it goes.
class SignatureCache final : public consensus::SignatureVerifier {
public:
    /// `salt` must be random: an attacker who knows it could look for collisions. At most `max_bytes` are used
    /// (rounded down; at least one bucket).
    SignatureCache(consensus::SignatureVerifier& verifier, std::size_t max_bytes,
                   const std::array<std::byte, 32>& salt);
    ~SignatureCache() override;

    bool verify_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& sighash) override;
    bool verify_schnorr(ByteSpan x_only_key, ByteSpan signature, const Hash256& sighash) override;

    std::size_t capacity() const;  // entries
    std::uint64_t hits() const;

private:
    friend class SignatureLookup;
    struct Table;
    std::unique_ptr<Table> table_;
};

/// Looks into a cache and stores nothing: for blocks, whose signatures are not asked for a second time and would drive
/// out those of the mempool. Thread-safe as the cache, which must outlive it.
class SignatureLookup final : public consensus::SignatureVerifier {
public:
    explicit SignatureLookup(SignatureCache& cache) : cache_(cache) {}
    bool verify_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& sighash) override;
    bool verify_schnorr(ByteSpan x_only_key, ByteSpan signature, const Hash256& sighash) override;

private:
    SignatureCache& cache_;
};

}  // namespace cairn::mempool
