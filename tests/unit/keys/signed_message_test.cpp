#include "keys/signed_message.h"

#include <string>

#include <gtest/gtest.h>

#include "crypto/signing_context.h"

namespace cairn::keys {
namespace {

const crypto::SigningContext& context()
{
    static const crypto::SigningContext it{std::array<std::byte, 32>{}};
    return it;
}

PrivateKey key_of(std::uint8_t number, bool compressed = true)
{
    Bytes bytes(32);
    bytes.back() = std::byte{number};
    return *PrivateKey::from_bytes(bytes, compressed, context());
}

TEST(SignedMessage, IsOfItsKeyAndText)
{
    for (const bool compressed : {true, false}) {
        const PrivateKey key = key_of(7, compressed);
        const Bytes signature = sign_message(key, "pay nobody");
        ASSERT_EQ(signature.size(), 65U);
        EXPECT_TRUE(is_signed_by(key.id(), signature, "pay nobody"));
        EXPECT_FALSE(is_signed_by(key.id(), signature, "pay somebody"));
        EXPECT_FALSE(is_signed_by(key_of(8, compressed).id(), signature, "pay nobody"));
        // The form of the key belongs to it.
        EXPECT_FALSE(is_signed_by(key_of(7, !compressed).id(), signature, "pay nobody"));
    }
    EXPECT_TRUE(is_signed_by(key_of(7).id(), sign_message(key_of(7), ""), ""));
    const std::string longest(100'000, 'x');
    EXPECT_TRUE(is_signed_by(key_of(7).id(), sign_message(key_of(7), longest), longest));
}

TEST(SignedMessage, EveryBitCounts)
{
    const PrivateKey key = key_of(9);
    const Bytes signature = sign_message(key, "text");
    for (std::size_t i = 0; i < signature.size(); ++i) {
        Bytes changed = signature;
        changed[i] ^= std::byte{1};
        EXPECT_FALSE(is_signed_by(key.id(), changed, "text")) << i;
    }
}

TEST(SignedMessage, RefusesWhatIsNoSignature)
{
    const KeyId id = key_of(7).id();
    EXPECT_FALSE(is_signed_by(id, {}, ""));
    for (const std::size_t size : {64U, 65U, 66U}) {
        for (const int fill : {0, 27, 0xff}) {
            EXPECT_FALSE(is_signed_by(id, Bytes(size, static_cast<std::byte>(fill)), ""));
        }
    }
    Bytes longer = sign_message(key_of(7), "");
    longer.push_back({});
    EXPECT_FALSE(is_signed_by(id, longer, ""));
}

}  // namespace
}  // namespace cairn::keys
