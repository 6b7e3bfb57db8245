#include "crypto/hex.h"

#include <gtest/gtest.h>

#include "crypto/hash256.h"

namespace cairn {
namespace {

TEST(Hex, RoundTrip)
{
    EXPECT_EQ(to_hex({}), "");
    EXPECT_EQ(from_hex(""), Bytes{});
    Bytes all(256);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::byte>(i);
    EXPECT_EQ(from_hex(to_hex(all)), all);
    EXPECT_EQ(to_hex(*from_hex("00FFaB")), "00ffab");
}

TEST(Hex, RefusesWhatIsNotHex)
{
    for (const auto* wrong : {"0", "123", "0g", "g0", " 00", "00 ", "0x00", "0 ", "/0", ":0", "@0", "G0", "`0"}) {
        EXPECT_FALSE(from_hex(wrong)) << wrong;
    }
}

TEST(Hash256, HexIsReversed)
{
    const std::string genesis = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
    const auto hash = Hash256::from_hex(genesis);
    ASSERT_TRUE(hash);
    EXPECT_EQ(hash->bytes[0], std::byte{0x6f});
    EXPECT_EQ(hash->bytes[31], std::byte{0x00});
    EXPECT_EQ(hash->to_hex(), genesis);
    EXPECT_FALSE(hash->is_null());
    EXPECT_TRUE(Hash256{}.is_null());
    EXPECT_FALSE(Hash256::from_hex(genesis.substr(1)));
    EXPECT_FALSE(Hash256::from_hex(genesis + "0"));
    EXPECT_FALSE(Hash256::from_hex("z" + genesis.substr(1)));
}

}  // namespace
}  // namespace cairn
