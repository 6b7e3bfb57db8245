#include "crypto/muhash.h"

#include <algorithm>

#include <cryptopp/integer.h>
#include <gtest/gtest.h>

#include "crypto/hex.h"
#include "support/test_random.h"

namespace cairn::crypto {
namespace {

using CryptoPP::Integer;

Bytes element(unsigned char first)
{
    Bytes out(32);
    out[0] = std::byte{first};
    return out;
}

Integer modulus()
{
    return Integer::Power2(3072) - 1103717;
}

Integer integer_of(std::span<const std::byte, Num3072::kBytes> little_endian)
{
    return Integer{reinterpret_cast<const CryptoPP::byte*>(little_endian.data()), little_endian.size(),
                   Integer::UNSIGNED, CryptoPP::LITTLE_ENDIAN_ORDER};
}

std::array<std::byte, Num3072::kBytes> bytes_of(const Integer& number)
{
    std::array<std::byte, Num3072::kBytes> out;
    number.Encode(reinterpret_cast<CryptoPP::byte*>(out.data()), out.size());
    std::reverse(out.begin(), out.end());
    return out;
}

std::array<std::byte, Num3072::kBytes> random_bytes(test::TestRandom& random)
{
    std::array<std::byte, Num3072::kBytes> out;
    for (auto& byte : out) byte = static_cast<std::byte>(random.u64());
    return out;
}

// Answers of Bitcoin Core's implementation.
TEST(MuHash, KnownAnswers)
{
    MuHash set;
    set.insert(element(0)).insert(element(1)).remove(element(2));
    EXPECT_EQ(set.finish().to_hex(), "10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863");

    // A numerator above the modulus, over one.
    std::array<std::byte, MuHash::kStateBytes> largest{};
    std::fill_n(largest.begin(), Num3072::kBytes, std::byte{0xff});
    largest[Num3072::kBytes] = std::byte{1};
    EXPECT_EQ(to_hex(MuHash::deserialize(largest).finish().span()),
              "3a31e6903aff0de9f62f9a9f7f8b861de76ce2cda09822b90014319ae5dc2271");
}

TEST(MuHash, OrderDoesNotMatterAndRemovingUndoes)
{
    MuHash a;
    for (unsigned char i = 0; i < 10; ++i) a.insert(element(i));
    MuHash b;
    for (unsigned char i = 12; i-- > 0;) b.insert(element(i));
    EXPECT_NE(a.finish(), b.finish());
    b.remove(element(10)).remove(element(11));
    EXPECT_EQ(a.finish(), b.finish());

    MuHash gone = a;
    gone /= b;
    EXPECT_EQ(gone.finish(), MuHash{}.finish());
    MuHash both;
    both *= a;
    EXPECT_EQ(both.finish(), a.finish());
}

TEST(MuHash, StateSurvivesSerialization)
{
    MuHash set;
    set.insert(element(1)).remove(element(2));
    MuHash read = MuHash::deserialize(set.serialize());
    EXPECT_EQ(read.serialize(), set.serialize());
    EXPECT_EQ(read.insert(element(3)).finish(), set.insert(element(3)).finish());
}

TEST(Num3072, MultipliesAsCryptoppDoes)
{
    test::TestRandom random{1};
    for (int i = 0; i < 20; ++i) {
        auto x = random_bytes(random);
        auto y = random_bytes(random);
        // Also numbers at the edges of the range, above the modulus too.
        if (i % 4 == 1) x.fill(std::byte{0xff});
        if (i % 4 == 2) y = bytes_of(modulus() - 1);
        if (i % 4 == 3) x = bytes_of(modulus() + i);
        Num3072 product{x};
        product.multiply(Num3072{y});
        EXPECT_EQ(integer_of(product.to_bytes()), integer_of(x) * integer_of(y) % modulus());
    }
}

TEST(Num3072, InvertsAsCryptoppDoes)
{
    test::TestRandom random{2};
    const auto check = [](const std::array<std::byte, Num3072::kBytes>& bytes) {
        const Num3072 number{bytes};
        const Num3072 inverse = number.inverse();
        EXPECT_EQ(integer_of(inverse.to_bytes()), (integer_of(bytes) % modulus()).InverseMod(modulus()));
        Num3072 product = number;
        product.multiply(inverse);
        EXPECT_EQ(product.to_bytes(), Num3072{}.to_bytes());
    };
    for (int i = 0; i < 50; ++i) check(random_bytes(random));
    // Small ones, those near the modulus on both sides, and powers of two.
    for (int i = 1; i < 10; ++i) {
        check(bytes_of(Integer{i}));
        check(bytes_of(modulus() - i));
        check(bytes_of(modulus() + i));
    }
    for (unsigned bit = 1; bit < 3072; bit += 61) check(bytes_of(Integer::Power2(bit)));
    auto largest = random_bytes(random);
    largest.fill(std::byte{0xff});
    check(largest);
}

TEST(Num3072, ZeroAndTheModulus)
{
    const std::array<std::byte, Num3072::kBytes> zero{};
    EXPECT_EQ(Num3072{zero}.inverse().to_bytes(), zero);
    EXPECT_EQ(Num3072{bytes_of(modulus())}.to_bytes(), zero);
    EXPECT_EQ(integer_of(Num3072{bytes_of(modulus() - 1)}.to_bytes()), modulus() - 1);
    EXPECT_EQ(integer_of(Num3072{}.to_bytes()), Integer::One());
}

}  // namespace
}  // namespace cairn::crypto
