#include "consensus/uint256.h"

#include <cmath>

#include <gtest/gtest.h>

namespace cairn {
namespace {

const Uint256 kA = *Uint256::from_hex("7d1de5eaf9b156d53208f033b5aa8122d2d2355d5e12292b121156cfdb4a529c");
const Uint256 kB = *Uint256::from_hex("d7de1c0c0a0aa9c8b0b3f1f5a0f7aa4ed7c1a2a3b4c5d6e7f8091a2b3c4d5e6f");

// The expected values were computed with Python's integers.
TEST(Uint256Test, Arithmetic)
{
    EXPECT_EQ((kA + kB).to_hex(), "54fc01f703bc009de2bce22956a22b71aa93d80112d800130a1a70fb1797b10b");
    EXPECT_EQ((kA - kB).to_hex(), "a53fc9deefa6ad0c8154fe3e14b2d6d3fb1092b9a94c52431a083ca49efcf42d");
    EXPECT_EQ((kA * 0xfedcba9876543210U).to_hex(), "aa36429cef931618cc5707a17ba35329f13146e0f335aa80c988a0e93bf7a1c0");
    EXPECT_EQ(kB / kA, Uint256{1});
    EXPECT_EQ((kB / Uint256{0x10000000001}).to_hex(),
              "0000000000d7de1c0c0932cbaca4aabf29f452ff8fadcd4fa42518099853e402");
    EXPECT_EQ((kB / (kA >> 100)).to_hex(), "000000000000000000000000000000000000001b9af27fab63709619f7da0005");
}

TEST(Uint256Test, DivisionInvertsMultiplication)
{
    for (const std::uint64_t factor : {1UL, 3UL, 1209600UL, 0xffffffffUL}) {
        const Uint256 small = kA >> 40;
        EXPECT_EQ(small * factor / Uint256{factor}, small);
        EXPECT_EQ((small * factor + Uint256{factor - 1}) / Uint256{factor}, small);
    }
    EXPECT_EQ(Uint256{} / kA, Uint256{});
    EXPECT_EQ(kA / kA, Uint256{1});
    EXPECT_EQ(kA / Uint256::max(), Uint256{});
}

TEST(Uint256Test, ShiftsCrossLimbs)
{
    for (unsigned shift = 0; shift < 256; ++shift) {
        const Uint256 bit = Uint256{1} << shift;
        EXPECT_EQ(bit.bits(), static_cast<int>(shift) + 1);
        EXPECT_EQ(bit >> shift, Uint256{1});
    }
    EXPECT_EQ(Uint256::max() << 256, Uint256{});
    EXPECT_EQ(Uint256::max() >> 256, Uint256{});
    EXPECT_EQ((kA << 68 >> 68), kA - (kA >> 188 << 188));
    EXPECT_EQ(Uint256{}.bits(), 0);
}

TEST(Uint256Test, OrdersByValue)
{
    EXPECT_LT(kA, kB);
    EXPECT_LT(Uint256{0xffffffffffffffff}, Uint256{1} << 64);
    EXPECT_EQ(Uint256::max() + Uint256{1}, Uint256{});
    EXPECT_EQ(Uint256{} - Uint256{1}, Uint256::max());
    EXPECT_EQ(~Uint256{}, Uint256::max());
}

TEST(Uint256Test, AHashIsANumberFromItsLastByteOn)
{
    Hash256 hash;
    hash.bytes[0] = std::byte{2};
    hash.bytes[31] = std::byte{1};
    const Uint256 value = Uint256::from_hash(hash);
    EXPECT_EQ(value, (Uint256{1} << 248) + Uint256{2});
    EXPECT_EQ(value.to_hash(), hash);
    EXPECT_EQ(value.to_hex(), hash.to_hex());
    EXPECT_EQ(Uint256::from_hex("12"), std::nullopt);
}

TEST(Uint256Test, DoubleIsNear)
{
    EXPECT_EQ((Uint256{1} << 200).to_double(), std::ldexp(1.0, 200));
    EXPECT_EQ(Uint256{12345}.to_double(), 12345.0);
}

}  // namespace
}  // namespace cairn
