#include "keys/address.h"

#include "context.h"
#include "crypto/hex.h"
#include "keys/base58.h"
#include "keys/bech32.h"
#include "keys/private_key.h"
#include "support/files.h"
#include "support/json.h"
#include "support/vectors.h"

namespace cairn::keys {
namespace {

using test::Json;
using test::unhex;

const AddressFormat& format_of(const std::string& chain)
{
    if (chain == "main") return kMainAddresses;
    return chain == "regtest" ? kRegtestAddresses : kTestAddresses;
}

TEST(Base58, EncodesAndDecodesTheVectors)
{
    CAIRN_VECTOR_FILE(file, "consensus/core/base58_encode_decode.json");
    std::size_t cases = 0;
    for (const Json& row : Json::read(file).items()) {
        const Bytes bytes = unhex(row[0].string());
        EXPECT_EQ(encode_base58(bytes), row[1].string());
        EXPECT_EQ(decode_base58(row[1].string(), 256), bytes);
        ++cases;
    }
    EXPECT_EQ(cases, 21U);
}

TEST(Base58, RefusesOtherCharactersAndMoreBytesThanAsked)
{
    EXPECT_TRUE(decode_base58(" 2g\n", 1));
    EXPECT_FALSE(decode_base58("2 g", 100));
    EXPECT_FALSE(decode_base58("0", 100));
    EXPECT_FALSE(decode_base58(std::string_view{"2g\0", 3}, 100));
    EXPECT_TRUE(decode_base58("a3gV", 3));
    EXPECT_FALSE(decode_base58("a3gV", 2));
    EXPECT_TRUE(decode_base58("111", 3));
    EXPECT_FALSE(decode_base58("111", 2));
}

TEST(Base58, ChecksTheChecksum)
{
    const std::string good = encode_base58_check(unhex("00112233"));
    EXPECT_EQ(decode_base58_check(good, 4), unhex("00112233"));
    std::string bad = good;
    bad.back() = bad.back() == '2' ? '3' : '2';
    EXPECT_FALSE(decode_base58_check(bad, 4));
    EXPECT_FALSE(decode_base58_check(good, 3));
    EXPECT_FALSE(decode_base58_check("", 4));
}

TEST(Address, DecodesAndEncodesTheValidVectors)
{
    CAIRN_VECTOR_FILE(file, "consensus/core/key_io_valid.json");
    std::size_t addresses = 0;
    std::size_t private_keys = 0;
    for (const Json& row : Json::read(file).items()) {
        const std::string text = row[0].string();
        const Bytes payload = unhex(row[1].string());
        const AddressFormat& format = format_of(row[2]["chain"].string());
        if (row[2]["isPrivkey"].boolean()) {
            const auto key = decode_wif(text, format, test_context());
            ASSERT_TRUE(key) << text;
            EXPECT_EQ(key->is_compressed(), row[2]["isCompressed"].boolean());
            EXPECT_EQ(to_hex(key->secret().bytes()), to_hex(payload));
            EXPECT_EQ(encode_wif(*key, format), text);
            EXPECT_FALSE(decode_address(text, format));
            ++private_keys;
        } else {
            const auto destination = decode_address(text, format);
            ASSERT_TRUE(destination) << text << ": " << destination.error().message;
            EXPECT_EQ(script_for(*destination), payload) << text;
            EXPECT_EQ(destination_of(payload), *destination);
            EXPECT_EQ(encode_address(*destination, format), text);
            ++addresses;
        }
    }
    EXPECT_EQ(addresses, 54U);
    EXPECT_EQ(private_keys, 16U);
}

TEST(Address, RefusesTheInvalidVectors)
{
    CAIRN_VECTOR_FILE(file, "consensus/core/key_io_invalid.json");
    std::size_t cases = 0;
    for (const Json& row : Json::read(file).items()) {
        const std::string text = row[0].string();
        for (const AddressFormat& format : {kMainAddresses, kTestAddresses, kRegtestAddresses}) {
            EXPECT_FALSE(decode_address(text, format)) << text;
            EXPECT_FALSE(decode_wif(text, format, test_context())) << text;
        }
        ++cases;
    }
    EXPECT_EQ(cases, 70U);
}

struct ErrorCase {
    std::string address;
    std::string message;
    std::vector<int> locations;
};

// The cases of Bitcoin Core's rpc_validateaddress.py that matter for texts and places (main network).
TEST(Address, SaysWhatIsWrongAndWhere)
{
    const std::vector<ErrorCase> cases{
        {"", "Invalid checksum or length of Base58 address (P2PKH or P2SH)", {}},
        {"tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty",
         "Invalid or unsupported Segwit (Bech32) or Base58 encoding.",
         {}},
        {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "Invalid Bech32 checksum", {41}},
        {"BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2", "Version 1+ witness address must use Bech32m checksum", {}},
        {"bc1rw5uspcuh", "Version 1+ witness address must use Bech32m checksum", {}},
        {"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "Invalid Bech32 v0 address program size (16 bytes), per BIP141", {}},
        {"bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du", "Version 1+ witness address must use Bech32m checksum", {}},
        {"bc1gmk9yu", "Empty Bech32 data section", {}},
        {"bc1pw5dgrnzv", "Invalid Bech32 address program size (1 byte)", {}},
        {"bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "Invalid Base 32 character", {59}},
        {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
         "Version 1+ witness address must use Bech32m checksum",
         {}},
        {"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "Invalid checksum or length of Base58 address (P2PKH or P2SH)", {}},
        {"mzK2FFDEhxqHcmrJw1ysqFkVyhUULo45hZ", "Invalid or unsupported Base58-encoded address.", {}},
        {"bc1qw508d6qejxtdg4y5r3zarvary0c5xW7kv8f3t4", "Invalid character or mixed case", {33}},
    };
    for (const ErrorCase& expected : cases) {
        const auto result = decode_address(expected.address, kMainAddresses);
        ASSERT_FALSE(result) << expected.address;
        EXPECT_EQ(result.error().message, expected.message) << expected.address;
        EXPECT_EQ(result.error().locations, expected.locations) << expected.address;
    }
}

TEST(Address, OfThePayToAnchorScript)
{
    const auto destination = decode_address("bc1pfeessrawgf", kMainAddresses);
    ASSERT_TRUE(destination);
    EXPECT_EQ(destination->type, policy::ScriptType::kAnchor);
    EXPECT_EQ(to_hex(script_for(*destination)), "51024e73");
    EXPECT_EQ(encode_address(*destination, kMainAddresses), "bc1pfeessrawgf");
}

TEST(Bech32, LocatesOneAndTwoErrorsAnywhere)
{
    const std::string good = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    for (std::size_t i = 4; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = bad[i] == 'q' ? 'p' : 'q';
        EXPECT_EQ(locate_bech32_errors(bad).locations, std::vector{static_cast<int>(i)});
        for (std::size_t j = i + 3; j < good.size(); j += 7) {
            std::string worse = bad;
            worse[j] = worse[j] == 'z' ? 'r' : 'z';
            EXPECT_EQ(locate_bech32_errors(worse).locations, (std::vector{static_cast<int>(i), static_cast<int>(j)}));
        }
    }
}

TEST(Bech32, AcceptsNinetyCharactersAndRefusesOneMore)
{
    const std::vector<std::uint8_t> values(90 - 2 - 1 - 6);
    const std::string longest = encode_bech32(Bech32Kind::kBech32, "bc", values);
    ASSERT_EQ(longest.size(), kMaxBech32Size);
    EXPECT_TRUE(decode_bech32(longest));
    const std::vector<std::uint8_t> more(values.size() + 1);
    const std::string too_long = encode_bech32(Bech32Kind::kBech32, "bc", more);
    EXPECT_FALSE(decode_bech32(too_long));
    EXPECT_EQ(locate_bech32_errors(too_long).message, "Bech32 string too long");
    EXPECT_EQ(locate_bech32_errors(too_long).locations, std::vector{90});
}

}  // namespace
}  // namespace cairn::keys
