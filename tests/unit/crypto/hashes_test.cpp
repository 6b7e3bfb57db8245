#include "crypto/hashes.h"

#include <string_view>

#include <gtest/gtest.h>

#include "crypto/hex.h"
#include "crypto/mac.h"

namespace cairn::crypto {
namespace {

ByteSpan bytes_of(std::string_view text)
{
    return std::as_bytes(std::span{text});
}

TEST(Hashes, KnownAnswers)
{
    EXPECT_EQ(to_hex(ripemd160({})), "9c1185a5c5e9fc54612808977ee8f548b2258d31");
    EXPECT_EQ(to_hex(ripemd160(bytes_of("abc"))), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    EXPECT_EQ(to_hex(sha1({})), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(to_hex(sha1(bytes_of("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(to_hex(sha512(bytes_of("abc"))),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    EXPECT_EQ(to_hex(sha3_256(bytes_of("abc")).span()),
              "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    EXPECT_EQ(to_hex(hash160(*from_hex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"))),
              "751e76e8199196d454941c45d1b3a323f1433bd6");
}

// RFC 4231, second case.
TEST(Mac, Hmac)
{
    const auto key = bytes_of("Jefe");
    const auto message = bytes_of("what do ya want for nothing?");
    EXPECT_EQ(to_hex(hmac_sha256(key, message).span()),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(hmac_sha512(key, message)),
              "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
              "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

// RFC 4231, sixth case: a key longer than a block.
TEST(Mac, HmacOfALongKey)
{
    const Bytes key(131, std::byte{0xaa});
    EXPECT_EQ(to_hex(hmac_sha256(key, bytes_of("Test Using Larger Than Block-Size Key - Hash Key First")).span()),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// BIP39's first English vector.
TEST(Mac, Pbkdf2)
{
    const auto words =
        bytes_of("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about");
    EXPECT_EQ(to_hex(pbkdf2_hmac_sha512(words, bytes_of("mnemonicTREZOR"), 2048)),
              "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531"
              "f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04");
}

// RFC 5869, first case, of whose 42 bytes we take 32.
TEST(Mac, Hkdf)
{
    const Bytes material(22, std::byte{0x0b});
    EXPECT_EQ(
        to_hex(hkdf_sha256_32(material, *from_hex("000102030405060708090a0b0c"), *from_hex("f0f1f2f3f4f5f6f7f8f9"))
                   .span()),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

TEST(Mac, EqualInConstantTime)
{
    EXPECT_TRUE(equal_in_constant_time({}, {}));
    EXPECT_TRUE(equal_in_constant_time(bytes_of("abc"), bytes_of("abc")));
    EXPECT_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("abd")));
    EXPECT_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("ab")));
}

}  // namespace
}  // namespace cairn::crypto
