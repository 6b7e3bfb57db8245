#include "mempool/signature_cache.h"

#include <gtest/gtest.h>

namespace cairn::mempool {
namespace {

/// Counts what reaches it; valid are signatures that begin with 1.
class CountingVerifier final : public consensus::SignatureVerifier {
public:
    bool verify_ecdsa(ByteSpan, ByteSpan signature, const Hash256&) override { return judge(signature); }
    bool verify_schnorr(ByteSpan, ByteSpan signature, const Hash256&) override { return judge(signature); }
    int calls = 0;

private:
    bool judge(ByteSpan signature)
    {
        ++calls;
        return signature[0] == std::byte{1};
    }
};

Hash256 numbered(std::uint32_t number)
{
    Hash256 hash;
    for (std::size_t i = 0; i < 4; ++i) hash.bytes[i] = static_cast<std::byte>(number >> (8 * i));
    return hash;
}

class SignatureCacheTest : public ::testing::Test {
protected:
    CountingVerifier verifier;
    Bytes key = Bytes(33, std::byte{2});
    Bytes good = Bytes(64, std::byte{1});
    Bytes bad = Bytes(64, std::byte{9});
};

TEST_F(SignatureCacheTest, AsksOncePerValidSignature)
{
    SignatureCache cache(verifier, 1 << 16, {});
    EXPECT_TRUE(cache.verify_ecdsa(key, good, numbered(1)));
    EXPECT_TRUE(cache.verify_ecdsa(key, good, numbered(1)));
    EXPECT_EQ(verifier.calls, 1);
    EXPECT_EQ(cache.hits(), 1U);
}

TEST_F(SignatureCacheTest, BlocksLookButDoNotStore)
{
    SignatureCache cache(verifier, 1 << 16, {});
    SignatureLookup lookup(cache);
    EXPECT_TRUE(lookup.verify_ecdsa(key, good, numbered(1)));
    EXPECT_TRUE(lookup.verify_schnorr(key, good, numbered(1)));
    EXPECT_FALSE(lookup.verify_ecdsa(key, bad, numbered(1)));
    EXPECT_TRUE(lookup.verify_ecdsa(key, good, numbered(1)));
    EXPECT_EQ(verifier.calls, 4) << "nothing was stored";
    EXPECT_TRUE(cache.verify_ecdsa(key, good, numbered(1)));
    EXPECT_TRUE(cache.verify_schnorr(key, good, numbered(1)));
    EXPECT_EQ(verifier.calls, 6);
    EXPECT_TRUE(lookup.verify_ecdsa(key, good, numbered(1)));
    EXPECT_TRUE(lookup.verify_schnorr(key, good, numbered(1)));
    EXPECT_EQ(verifier.calls, 6) << "what the mempool stored is found";
    EXPECT_EQ(cache.hits(), 2U);
}

TEST_F(SignatureCacheTest, NeverRemembersFailures)
{
    SignatureCache cache(verifier, 1 << 16, {});
    EXPECT_FALSE(cache.verify_schnorr(key, bad, numbered(1)));
    EXPECT_FALSE(cache.verify_schnorr(key, bad, numbered(1)));
    EXPECT_EQ(verifier.calls, 2);
}

TEST_F(SignatureCacheTest, TellsKindsKeysSignaturesAndHashesApart)
{
    SignatureCache cache(verifier, 1 << 16, {});
    EXPECT_TRUE(cache.verify_ecdsa(key, good, numbered(1)));
    EXPECT_TRUE(cache.verify_schnorr(key, good, numbered(1)));
    EXPECT_TRUE(cache.verify_ecdsa(key, good, numbered(2)));
    const Bytes shorter_key(32, std::byte{2});
    EXPECT_TRUE(cache.verify_ecdsa(shorter_key, good, numbered(1)));
    // The byte that the key lost goes to the signature: still another entry.
    Bytes moved{std::byte{2}};
    moved.insert(moved.end(), good.begin(), good.end());
    EXPECT_FALSE(cache.verify_ecdsa(shorter_key, moved, numbered(1)));
    EXPECT_EQ(verifier.calls, 5);
}

TEST_F(SignatureCacheTest, StaysWithinItsBytes)
{
    constexpr std::size_t kBytes = 8192;
    SignatureCache cache(verifier, kBytes, {});
    EXPECT_LE(cache.capacity() * 32, kBytes);
    for (std::uint32_t i = 0; i < 2000; ++i) EXPECT_TRUE(cache.verify_ecdsa(key, good, numbered(i)));
    int remembered = 0;
    for (std::uint32_t i = 0; i < 2000; ++i) {
        const int before = verifier.calls;
        EXPECT_TRUE(cache.verify_ecdsa(key, good, numbered(i)));
        if (verifier.calls == before) ++remembered;
    }
    EXPECT_LE(remembered, static_cast<int>(cache.capacity()));
}

TEST_F(SignatureCacheTest, HasAtLeastOneBucket)
{
    SignatureCache cache(verifier, 0, {});
    EXPECT_GE(cache.capacity(), 1U);
    EXPECT_TRUE(cache.verify_ecdsa(key, good, numbered(1)));
}

}  // namespace
}  // namespace cairn::mempool
