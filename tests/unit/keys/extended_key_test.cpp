#include "keys/extended_key.h"

#include "context.h"
#include "crypto/hex.h"
#include "keys/mnemonic.h"
#include "support/files.h"
#include "support/json.h"
#include "support/vectors.h"

namespace cairn::keys {
namespace {

using test::Json;
using test::unhex;

std::uint32_t step_of(std::string text)
{
    const bool hardened = text.back() == '\'';
    if (hardened) text.pop_back();
    return static_cast<std::uint32_t>(std::stoul(text)) | (hardened ? kHardened : 0);
}

TEST(ExtendedKey, DerivesTheChainsOfBip32)
{
    CAIRN_VECTOR_FILE(file, "wallet/bip32/bcoin_hd.json");
    const Json vectors = Json::read(file);
    std::size_t cases = 0;
    for (const std::string& name : vectors.keys()) {
        if (!name.starts_with("vector") || !vectors[name].is_object() || !vectors[name].has("seed")) continue;
        const auto master = ExtendedPrivateKey::from_seed(unhex(vectors[name]["seed"].string()), test_context());
        ASSERT_TRUE(master);
        for (const std::string& path : vectors[name].keys()) {
            if (!path.starts_with("m")) continue;
            std::optional<ExtendedPrivateKey> key = master;
            for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
                const std::size_t end = path.find('/', at + 1);
                const std::uint32_t step = step_of(path.substr(at + 1, end - at - 1));
                const auto by_public = key->to_public().derive(step);
                key = key->derive(step);
                ASSERT_TRUE(key);
                EXPECT_EQ(by_public.has_value(), (step & kHardened) == 0);
                if (by_public) {
                    EXPECT_EQ(*by_public, key->to_public());
                }
            }
            const Json expected = vectors[name][path];
            EXPECT_EQ(encode_extended(*key, kMainAddresses), expected["prv"].string());
            EXPECT_EQ(encode_extended(key->to_public(), kMainAddresses), expected["pub"].string());
            const auto decoded = decode_extended_private(expected["prv"].string(), kMainAddresses, test_context());
            ASSERT_TRUE(decoded);
            EXPECT_EQ(decoded->key, key->key);
            EXPECT_EQ(decode_extended_public(expected["pub"].string(), kMainAddresses), key->to_public());
            EXPECT_FALSE(decode_extended_public(expected["pub"].string(), kTestAddresses));
            ++cases;
        }
    }
    std::printf("%zu keys\n", cases);
    EXPECT_GE(cases, 12U);
}

TEST(ExtendedKey, RefusesTheInvalidKeysOfBip32)
{
    CAIRN_VECTOR_FILE(file, "bips/text/bip-0032.mediawiki");
    const std::string text = test::read_text(file);
    std::size_t cases = 0;
    for (const std::string& line : test::lines(text.substr(text.find("===Test vector 5===")))) {
        if (!line.starts_with("* xp")) continue;
        const std::string key = line.substr(2, line.find(' ', 2) - 2);
        EXPECT_FALSE(decode_extended_private(key, kMainAddresses, test_context())) << line;
        EXPECT_FALSE(decode_extended_public(key, kMainAddresses)) << line;
        ++cases;
    }
    EXPECT_EQ(cases, 14U);
}

TEST(ExtendedKey, SeedsHaveSixteenToSixtyFourBytes)
{
    EXPECT_FALSE(ExtendedPrivateKey::from_seed(Bytes(15, std::byte{1}), test_context()));
    EXPECT_TRUE(ExtendedPrivateKey::from_seed(Bytes(16, std::byte{1}), test_context()));
    EXPECT_TRUE(ExtendedPrivateKey::from_seed(Bytes(64, std::byte{1}), test_context()));
    EXPECT_FALSE(ExtendedPrivateKey::from_seed(Bytes(65, std::byte{1}), test_context()));
}

TEST(ExtendedKey, EndsAtDepth255)
{
    auto key = ExtendedPrivateKey::from_seed(Bytes(16, std::byte{1}), test_context());
    key->lineage.depth = 254;
    const auto last = key->derive(0);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->lineage.depth, 255);
    EXPECT_FALSE(last->derive(0));
    EXPECT_FALSE(last->to_public().derive(0));
}

TEST(Mnemonic, MatchesTheEnglishVectors)
{
    CAIRN_VECTOR_FILE(file, "wallet/bip39/trezor_vectors.json");
    std::size_t cases = 0;
    for (const Json& row : Json::read(file)["english"].items()) {
        const Bytes entropy = unhex(row[0].string());
        const std::string words = row[1].string();
        EXPECT_EQ(encode_mnemonic(entropy), words);
        EXPECT_EQ(decode_mnemonic(words), entropy);
        const Bytes seed = mnemonic_seed(words, "TREZOR");
        EXPECT_EQ(to_hex(seed), row[2].string());
        const auto master = ExtendedPrivateKey::from_seed(seed, test_context());
        EXPECT_EQ(encode_extended(*master, kMainAddresses), row[3].string());
        ++cases;
    }
    EXPECT_EQ(cases, 24U);
}

TEST(Mnemonic, SeedsOfJapaneseWordsToo)
{
    // Words and passphrases of this file are in form NFKD but for the ideographic spaces, which NFKD makes plain ones.
    CAIRN_VECTOR_FILE(file, "wallet/bip39/test_EN_BIP39.json");
    std::size_t cases = 0;
    for (const Json& row : Json::read(file).items()) {
        EXPECT_EQ(to_hex(mnemonic_seed(row["mnemonic"].string(), row["passphrase"].string())), row["seed"].string());
        ++cases;
    }
    EXPECT_EQ(cases, 24U);
}

TEST(Mnemonic, ListIsThePublishedOne)
{
    CAIRN_VECTOR_FILE(file, "bips/bip-0039/english.txt");
    const auto lines = test::lines(test::read_text(file));
    ASSERT_EQ(lines.size(), 2048U);
    for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(english_words()[i], lines[i]);
}

TEST(Mnemonic, RefusesWrongWordsCountsAndChecksums)
{
    const std::string good =
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    EXPECT_TRUE(decode_mnemonic(good));
    EXPECT_FALSE(decode_mnemonic(good + ' '));
    EXPECT_FALSE(decode_mnemonic(""));
    EXPECT_FALSE(decode_mnemonic(good.substr(8)));
    EXPECT_FALSE(decode_mnemonic(good.substr(0, good.size() - 5) + "abandon"));
    EXPECT_FALSE(decode_mnemonic(good.substr(0, good.size() - 5) + "bitcoim"));
    std::string long_one;
    for (int i = 0; i < 27; ++i) long_one += i == 0 ? "abandon" : " abandon";
    EXPECT_FALSE(decode_mnemonic(long_one));
}

}  // namespace
}  // namespace cairn::keys
