// ECDSA, BIP340 and ElligatorSwift against published vectors.

#include <cstdio>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "crypto/ecdsa.h"
#include "crypto/ellswift.h"
#include "crypto/hex.h"
#include "crypto/mac.h"
#include "crypto/schnorr.h"
#include "crypto/sha256.h"
#include "support/json.h"
#include "support/vectors.h"

namespace cairn::crypto {
namespace {

using test::Json;

constexpr std::array<std::byte, 32> kEntropy{};

ByteSpan bytes_of(std::string_view text)
{
    return std::as_bytes(std::span{text});
}

template <std::size_t N>
std::array<std::byte, N> fixed(std::string_view hex)
{
    const auto bytes = *from_hex(hex);
    std::array<std::byte, N> out{};
    std::copy(bytes.rbegin(), bytes.rend(), out.rbegin());
    return out;
}

Hash256 hash_of(std::string_view hex)
{
    return Hash256{fixed<32>(hex)};
}
SecretKey secret(std::string_view hex)
{
    return *SecretKey::parse(fixed<32>(hex));
}

std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& path)
{
    std::vector<std::vector<std::string>> rows;
    std::ifstream in{path};
    for (std::string line; std::getline(in, line);) {
        if (line.ends_with('\r')) line.pop_back();
        std::vector<std::string> row{""};
        for (const char c : line) {
            if (c == ',') {
                row.emplace_back();
            } else {
                row.back().push_back(c);
            }
        }
        rows.push_back(row);
    }
    rows.erase(rows.begin());
    return rows;
}

class Signatures : public ::testing::Test {
protected:
    SigningContext context_{kEntropy};
};

TEST_F(Signatures, Rfc6979OfBitcoinjs)
{
    CAIRN_VECTOR_FILE(path, "crypto/rfc6979/bitcoinjs_ecdsa.json");
    const auto document = Json::read(path);
    for (const auto& json : document["valid"]["ecdsa"].items()) {
        const auto key = secret(json["d"].string());
        const std::string message = json["message"].string();
        const auto hash = sha256(bytes_of(message));
        const auto signature = sign_ecdsa(context_, key, hash, LowR::kAny);
        const auto compact = parse_der_lax(signature);
        ASSERT_TRUE(compact);
        EXPECT_EQ(to_hex(*compact), to_hex(fixed<32>(json["signature"]["r"].string())) +
                                        to_hex(fixed<32>(json["signature"]["s"].string())));
        EXPECT_TRUE(verify_ecdsa(key.public_key(context_).bytes(), signature, hash));
        EXPECT_TRUE(verify_ecdsa(key.public_key(context_).uncompressed().bytes(), signature, hash));
        EXPECT_FALSE(verify_ecdsa(key.public_key(context_).bytes(), signature, sha256({})));
    }
    std::printf("bitcoinjs_ecdsa.json: %zu signatures\n", document["valid"]["ecdsa"].size());
    EXPECT_EQ(document["valid"]["ecdsa"].size(), 7U);
}

TEST_F(Signatures, Rfc6979OfHaskoin)
{
    CAIRN_VECTOR_FILE(path, "crypto/rfc6979/haskoin_rfc6979DERcore.json");
    const auto document = Json::read(path);
    for (const auto& json : document.items()) {
        const std::string message = json[1].string();
        EXPECT_EQ(to_hex(sign_ecdsa(context_, secret(json[0].string()), sha256(bytes_of(message)), LowR::kAny)),
                  json[2].string());
    }
    std::printf("haskoin_rfc6979DERcore.json: %zu signatures\n", document.size());
    EXPECT_EQ(document.size(), 20U);
}

// The answer of Bitcoin Core, whose first nonce gives a high R.
TEST_F(Signatures, LowRIsBitcoinCores)
{
    const auto key = secret("12b004fff7f4b69ef8650e767f18f11ede158148b425660723b9f9a66e61f747");
    EXPECT_EQ(
        to_hex(sign_ecdsa(context_, key, sha256d(bytes_of("Very deterministic message")))),
        "304402205dbbddda71772d95ce91cd2d14b592cfbc1dd0aabd6a394b6c2d377bbe59d31d022014ddda21494a4e221f0824f0b8b924c4"
        "3fa43c0ad57dccdaa11f81a6bd4582f6");
    std::size_t high = 0;
    for (std::uint8_t i = 0; i < 32; ++i) {
        const auto hash = sha256(ByteSpan{reinterpret_cast<const std::byte*>(&i), 1});
        const auto ground = sign_ecdsa(context_, key, hash);
        EXPECT_LE(ground.size(), 70U);
        EXPECT_TRUE(has_low_s(ground));
        EXPECT_TRUE(verify_ecdsa(key.public_key(context_).bytes(), ground, hash));
        if (sign_ecdsa(context_, key, hash, LowR::kAny) != ground) ++high;
    }
    EXPECT_GT(high, 5U);
}

TEST_F(Signatures, RecoverGivesTheKey)
{
    const auto key = secret("0badc0de");
    for (std::uint8_t i = 0; i < 16; ++i) {
        const auto hash = sha256(ByteSpan{reinterpret_cast<const std::byte*>(&i), 1});
        auto signature = sign_recoverable(context_, key, hash);
        EXPECT_EQ(recover(signature, hash), key.public_key(context_));
        EXPECT_NE(recover(signature, sha256({})), key.public_key(context_));
        signature.recovery_id ^= 1;
        EXPECT_NE(recover(signature, hash), key.public_key(context_));
    }
    RecoverableSignature none;
    EXPECT_FALSE(recover(none, sha256({})));
    none = sign_recoverable(context_, key, sha256({}));
    none.recovery_id = 4;
    EXPECT_FALSE(recover(none, sha256({})));
    none.recovery_id = -1;
    EXPECT_FALSE(recover(none, sha256({})));
}

TEST_F(Signatures, Bip340)
{
    CAIRN_VECTOR_FILE(path, "bips/bip-0340/test-vectors.csv");
    std::size_t made = 0;
    const auto rows = read_csv(path);
    for (const auto& row : rows) {
        SCOPED_TRACE("row " + row[0]);
        const Bytes message = *from_hex(row[4]);
        const Bytes signature = *from_hex(row[5]);
        EXPECT_EQ(verify_schnorr(*from_hex(row[2]), signature, message), row[6] == "TRUE");
        if (row[1].empty() || message.size() != 32) continue;
        ++made;
        const auto key = secret(row[1]);
        EXPECT_EQ(XOnlyKey::of(key.public_key(context_)), XOnlyKey::parse(*from_hex(row[2])));
        const auto ours = sign_schnorr(context_, key, hash_of(row[4]), fixed<32>(row[3]));
        EXPECT_EQ(to_hex(ours), to_hex(signature));
    }
    std::printf("bip-0340 test-vectors.csv: %zu rows, %zu of them signed\n", rows.size(), made);
    EXPECT_EQ(rows.size(), 19U);
    EXPECT_EQ(made, 4U);
}

TEST_F(Signatures, SchnorrRefusesOtherSizes)
{
    const auto key = secret("05");
    const auto signature = sign_schnorr(context_, key, sha256({}), kEntropy);
    const auto public_key = XOnlyKey::of(key.public_key(context_));
    EXPECT_TRUE(verify_schnorr(public_key.bytes(), signature, sha256({}).span()));
    EXPECT_FALSE(verify_schnorr(public_key.bytes(), ByteSpan{signature}.first(63), sha256({}).span()));
    EXPECT_FALSE(verify_schnorr(public_key.bytes().first(31), signature, sha256({}).span()));
    EXPECT_FALSE(verify_schnorr({}, signature, sha256({}).span()));
}

TEST_F(Signatures, Bip324KeyAgreement)
{
    CAIRN_VECTOR_FILE(path, "bips/bip-0324/packet_encoding_test_vectors.csv");
    const auto rows = read_csv(path);
    for (const auto& row : rows) {
        SCOPED_TRACE("row " + row[0]);
        const auto secret_hash =
            ellswift_shared_secret(secret(row[1]), fixed<64>(row[2]), fixed<64>(row[3]), row[4] == "1");
        EXPECT_EQ(to_hex(secret_hash.span()), row[12]);
        // BIP324's salt: a name and mainnet's magic.
        Bytes salt = *from_hex("f9beb4d9");
        const auto name = bytes_of("bitcoin_v2_shared_secret");
        salt.insert(salt.begin(), name.begin(), name.end());
        EXPECT_EQ(to_hex(hkdf_sha256_32(secret_hash.span(), salt, bytes_of("initiator_L")).span()), row[13]);
    }
    std::printf("packet_encoding_test_vectors.csv: %zu rows\n", rows.size());
    EXPECT_EQ(rows.size(), 7U);
}

TEST_F(Signatures, EllSwiftKeysAgree)
{
    const auto ours = secret("01234567");
    const auto theirs = secret("89abcdef");
    const auto our_key = make_ellswift(context_, ours, kEntropy);
    const auto their_key = make_ellswift(context_, theirs, kEntropy);
    EXPECT_EQ(ellswift_shared_secret(ours, our_key, their_key, true),
              ellswift_shared_secret(theirs, their_key, our_key, false));
    EXPECT_NE(our_key, make_ellswift(context_, ours, fixed<32>("01")));
}

}  // namespace
}  // namespace cairn::crypto
