#include "mempool/signature_cache.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <vector>

#include "crypto/sha256.h"

namespace cairn::mempool {

namespace {

constexpr std::size_t kWays = 8;
constexpr std::size_t kShards = 64;

/// Eight entries; the one to go next when it is full is counted round.
struct Bucket {
    std::array<Hash256, kWays> entries{};
    std::uint8_t used = 0;
    std::uint8_t next = 0;
};

enum class Kind : std::uint8_t { kEcdsa = 'E', kSchnorr = 'S' };

}  // namespace

struct SignatureCache::Table {
    Table(consensus::SignatureVerifier& other, std::size_t max_bytes, const std::array<std::byte, 32>& secret)
        : verifier(other), buckets(std::max<std::size_t>(1, max_bytes / sizeof(Bucket)))
    {
        salt.write(secret);
        salt.write(secret);  // fills one block of SHA-256, which is then done once for all
    }

    Hash256 key(Kind kind, ByteSpan public_key, ByteSpan signature, const Hash256& sighash) const
    {
        crypto::Sha256 hash = salt;
        hash.write(static_cast<std::byte>(kind)).write(sighash.span());
        // The lengths keep the parts from running into each other.
        hash.write_u32(static_cast<std::uint32_t>(public_key.size())).write(public_key).write(signature);
        return hash.finish();
    }
    static std::uint64_t number(const Hash256& hash)
    {
        std::uint64_t value = 0;
        std::memcpy(&value, hash.bytes.data(), sizeof value);
        return value;
    }

    bool find(const Hash256& entry)
    {
        const std::size_t index = number(entry) % buckets.size();
        const std::lock_guard lock(mutexes[index % kShards]);
        const Bucket& bucket = buckets[index];
        const auto end = bucket.entries.begin() + bucket.used;
        return std::find(bucket.entries.begin(), end, entry) != end;
    }
    void insert(const Hash256& entry)
    {
        const std::size_t index = number(entry) % buckets.size();
        const std::lock_guard lock(mutexes[index % kShards]);
        Bucket& bucket = buckets[index];
        const auto end = bucket.entries.begin() + bucket.used;
        if (std::find(bucket.entries.begin(), end, entry) != end) return;
        bucket.entries[bucket.next] = entry;
        bucket.next = static_cast<std::uint8_t>((bucket.next + 1) % kWays);
        bucket.used = std::max(bucket.used, bucket.next == 0 ? static_cast<std::uint8_t>(kWays) : bucket.next);
    }

    bool check_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& sighash, bool store)
    {
        return check(key(Kind::kEcdsa, public_key, signature, sighash), store,
                     [&] { return verifier.verify_ecdsa(public_key, signature, sighash); });
    }
    bool check_schnorr(ByteSpan x_only_key, ByteSpan signature, const Hash256& sighash, bool store)
    {
        return check(key(Kind::kSchnorr, x_only_key, signature, sighash), store,
                     [&] { return verifier.verify_schnorr(x_only_key, signature, sighash); });
    }
    template <class Verify>
    bool check(const Hash256& entry, bool store, const Verify& verify)
    {
        if (find(entry)) {
            ++hits;
            return true;
        }
        if (!verify()) return false;
        if (store) insert(entry);
        return true;
    }

    consensus::SignatureVerifier& verifier;
    crypto::Sha256 salt;
    std::vector<Bucket> buckets;
    std::array<std::mutex, kShards> mutexes;
    std::atomic<std::uint64_t> hits = 0;
};

SignatureCache::SignatureCache(consensus::SignatureVerifier& verifier, std::size_t max_bytes,
                               const std::array<std::byte, 32>& salt)
    : table_(std::make_unique<Table>(verifier, max_bytes, salt))
{
}

SignatureCache::~SignatureCache() = default;

bool SignatureCache::verify_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& sighash)
{
    return table_->check_ecdsa(public_key, signature, sighash, true);
}

bool SignatureCache::verify_schnorr(ByteSpan x_only_key, ByteSpan signature, const Hash256& sighash)
{
    return table_->check_schnorr(x_only_key, signature, sighash, true);
}

bool SignatureLookup::verify_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& sighash)
{
    return cache_.table_->check_ecdsa(public_key, signature, sighash, false);
}

bool SignatureLookup::verify_schnorr(ByteSpan x_only_key, ByteSpan signature, const Hash256& sighash)
{
    return cache_.table_->check_schnorr(x_only_key, signature, sighash, false);
}

std::size_t SignatureCache::capacity() const
{
    return table_->buckets.size() * kWays;
}
std::uint64_t SignatureCache::hits() const
{
    return table_->hits;
}

}  // namespace cairn::mempool
