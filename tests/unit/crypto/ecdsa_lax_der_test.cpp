// What counts as a signature before BIP66: the forms in old blocks, and what even they may not be.

#include <string>

#include <gtest/gtest.h>

#include "crypto/ecdsa.h"
#include "crypto/hex.h"

namespace cairn::crypto {
namespace {

const std::string kR = "5dbbddda71772d95ce91cd2d14b592cfbc1dd0aabd6a394b6c2d377bbe59d31d";
const std::string kS = "14ddda21494a4e221f0824f0b8b924c43fa43c0ad57dccdaa11f81a6bd4582f6";
const std::string kOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const std::string kZeros(128, '0');

/// The two numbers read, as hex; "refused" for nothing.
std::string read(const std::string& hex)
{
    const auto compact = parse_der_lax(*from_hex(hex));
    return compact ? to_hex(*compact) : "refused";
}

TEST(EcdsaLaxDer, StrictSignatures)
{
    EXPECT_EQ(read("30440220" + kR + "0220" + kS), kR + kS);
    EXPECT_EQ(read("3006020101020102"), std::string(62, '0') + "01" + std::string(62, '0') + "02");
}

TEST(EcdsaLaxDer, TheSequenceLengthMeansNothing)
{
    EXPECT_EQ(read("30000220" + kR + "0220" + kS), kR + kS);
    EXPECT_EQ(read("307f0220" + kR + "0220" + kS), kR + kS);
    EXPECT_EQ(read("30800220" + kR + "0220" + kS), kR + kS);
    EXPECT_EQ(read("3081440220" + kR + "0220" + kS), kR + kS);
    EXPECT_EQ(read("3085ffffffffff0220" + kR + "0220" + kS), kR + kS);
    // More length bytes than there are bytes.
    EXPECT_EQ(read("30ff0220" + kR + "0220" + kS), "refused");
    EXPECT_EQ(read("3002"), "refused");
}

TEST(EcdsaLaxDer, GarbageAfterIsIgnored)
{
    EXPECT_EQ(read("30440220" + kR + "0220" + kS + "deadbeef"), kR + kS);
}

TEST(EcdsaLaxDer, PaddedAndNegativeLookingNumbers)
{
    EXPECT_EQ(read("30460221"
                   "00" +
                   kR +
                   "0221"
                   "00" +
                   kS),
              kR + kS);
    EXPECT_EQ(read("304a0224"
                   "00000000" +
                   kR + "0220" + kS),
              kR + kS);
    EXPECT_EQ(read("30440220"
                   "ff" +
                   kR.substr(2) +
                   "0220"
                   "ff" +
                   kS.substr(2)),
              "ff" + kR.substr(2) + "ff" + kS.substr(2));
    EXPECT_EQ(read("3004"
                   "0200"
                   "0200"),
              kZeros);
}

TEST(EcdsaLaxDer, LongLengths)
{
    EXPECT_EQ(read("3045028120" + kR + "0220" + kS), kR + kS);
    EXPECT_EQ(read("304602820020" + kR + "028120" + kS), kR + kS);
    // Zeros at the front of a length do not count towards its limit of three bytes.
    EXPECT_EQ(read("304602880000000000000020" + kR + "0220" + kS), kR + kS);
    EXPECT_EQ(read("30460283000020" + kR + "0220" + kS), kR + kS);
    EXPECT_EQ(read("3046028401000020" + kR + "0220" + kS), "refused");
    // A length that goes beyond the end, by its size or by its value.
    EXPECT_EQ(read("304602ff20" + kR + "0220" + kS), "refused");
    EXPECT_EQ(read("30440220" + kR + "0221" + kS), "refused");
    EXPECT_EQ(read("30440220" + kR + "0283ffffff" + kS), "refused");
}

TEST(EcdsaLaxDer, NumbersOutOfRangeBecomeZeros)
{
    EXPECT_EQ(read("30440220" + kOrder + "0220" + kS), kZeros);
    EXPECT_EQ(read("30440220" + kR + "0220" + kOrder), kZeros);
    EXPECT_EQ(read("30450221"
                   "01" +
                   kR + "0220" + kS),
              kZeros);
    EXPECT_EQ(read("30450220" + kR +
                   "0221"
                   "01" +
                   kS),
              kZeros);
}

TEST(EcdsaLaxDer, WhatIsMissing)
{
    const std::string whole = "30440220" + kR + "0220" + kS;
    for (std::size_t size = 0; size < whole.size(); size += 2)
        EXPECT_EQ(read(whole.substr(0, size)), "refused") << size;
    EXPECT_EQ(read("31440220" + kR + "0220" + kS), "refused");
    EXPECT_EQ(read("30440320" + kR + "0220" + kS), "refused");
    EXPECT_EQ(read("30440220" + kR + "0320" + kS), "refused");
}

TEST(EcdsaLaxDer, HighSVerifiesButIsNotLow)
{
    const std::array<std::byte, 32> entropy{};
    const SigningContext context{entropy};
    const Hash256 hash{};
    const auto key = *SecretKey::parse(*from_hex(kS));
    const auto signature = sign_ecdsa(context, key, hash, LowR::kAny);
    EXPECT_TRUE(has_low_s(signature));
    const auto compact = *parse_der_lax(signature);
    // The order less S.
    const auto high_s = SecretKey::parse(ByteSpan{compact}.last(32))->negated();
    const std::string high = "30450220" + to_hex(ByteSpan{compact}.first(32)) + "0220" + to_hex(high_s.bytes());
    EXPECT_FALSE(has_low_s(*from_hex(high)));
    EXPECT_TRUE(verify_ecdsa(key.public_key(context).bytes(), *from_hex(high), hash));
    EXPECT_FALSE(has_low_s({}));
    EXPECT_FALSE(verify_ecdsa(key.public_key(context).bytes(), {}, hash));
}

}  // namespace
}  // namespace cairn::crypto
