// Public and secret keys, and their arithmetic.

#include <gtest/gtest.h>

#include "crypto/cleanse.h"
#include "crypto/hex.h"
#include "crypto/public_key.h"
#include "crypto/secret_key.h"

namespace cairn::crypto {
namespace {

constexpr std::array<std::byte, 32> kEntropy{};
const char* const kGenerator = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const char* const kGeneratorY = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
const char* const kOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const char* const kOrderLessOne = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";

Hash256 number(std::string_view hex)
{
    Hash256 out;
    const auto bytes = *from_hex(hex);
    std::copy(bytes.rbegin(), bytes.rend(), out.bytes.rbegin());
    return out;
}

SecretKey secret(std::string_view hex)
{
    return *SecretKey::parse(number(hex).span());
}

TEST(PublicKey, Forms)
{
    const std::string x = std::string{kGenerator}.substr(2);
    EXPECT_TRUE(PublicKey::parse(*from_hex("02" + x)));
    EXPECT_TRUE(PublicKey::parse(*from_hex("03" + x)));
    EXPECT_TRUE(PublicKey::parse(*from_hex("04" + x + kGeneratorY)));
    // Hybrids name the oddness of y too, and it must be right: this one is even.
    EXPECT_TRUE(PublicKey::parse(*from_hex("06" + x + kGeneratorY)));
    EXPECT_FALSE(PublicKey::parse(*from_hex("07" + x + kGeneratorY)));
    EXPECT_TRUE(has_public_key_form(*from_hex("07" + x + kGeneratorY)));

    for (const auto* prefix : {"00", "01", "04", "05", "06", "07", "ff"}) {
        EXPECT_FALSE(PublicKey::parse(*from_hex(prefix + x))) << prefix;
        EXPECT_FALSE(has_public_key_form(*from_hex(prefix + x))) << prefix;
    }
    for (const auto* prefix : {"02", "03", "05"}) {
        EXPECT_FALSE(PublicKey::parse(*from_hex(prefix + x + kGeneratorY))) << prefix;
    }
    EXPECT_FALSE(PublicKey::parse({}));
    EXPECT_FALSE(has_public_key_form({}));
    EXPECT_FALSE(PublicKey::parse(*from_hex("02" + x.substr(2))));
    EXPECT_FALSE(PublicKey::parse(*from_hex("02" + x + "00")));
    // No point has this x; and y must fit x.
    EXPECT_FALSE(PublicKey::parse(*from_hex("02" + std::string(63, '0') + "5")));
    EXPECT_FALSE(PublicKey::parse(*from_hex("04" + x + x)));
}

TEST(PublicKey, Uncompresses)
{
    const auto compressed = *PublicKey::parse(*from_hex(kGenerator));
    const auto whole = compressed.uncompressed();
    EXPECT_EQ(to_hex(whole.bytes()), "04" + std::string{kGenerator}.substr(2) + kGeneratorY);
    EXPECT_FALSE(whole.is_compressed());
    EXPECT_NE(whole, compressed);
    EXPECT_EQ(to_hex(compressed.hash160()), "751e76e8199196d454941c45d1b3a323f1433bd6");
}

TEST(PublicKey, Tweaks)
{
    const SigningContext context{kEntropy};
    const auto one = secret("01").public_key(context);
    EXPECT_EQ(to_hex(one.bytes()), kGenerator);
    const auto two = secret("02").public_key(context);
    EXPECT_EQ(one.tweak_add(number("01")), two);
    EXPECT_EQ(one.tweak_add(number("00")), one);
    EXPECT_FALSE(one.tweak_add(number(kOrder)));
    EXPECT_FALSE(one.tweak_add(number(kOrderLessOne)));
}

TEST(SecretKey, Range)
{
    EXPECT_FALSE(SecretKey::parse(number("00").span()));
    EXPECT_TRUE(SecretKey::parse(number("01").span()));
    EXPECT_TRUE(SecretKey::parse(number(kOrderLessOne).span()));
    EXPECT_FALSE(SecretKey::parse(number(kOrder).span()));
    EXPECT_FALSE(SecretKey::parse(number("01").span().first(31)));
    EXPECT_FALSE(SecretKey::parse({}));
}

TEST(SecretKey, Arithmetic)
{
    EXPECT_EQ(secret("01").tweak_add(number("02")), secret("03"));
    EXPECT_FALSE(secret("01").tweak_add(number(kOrderLessOne)));
    EXPECT_FALSE(secret("01").tweak_add(number(kOrder)));
    EXPECT_EQ(secret("01").negated(), secret(kOrderLessOne));
    EXPECT_FALSE(secret("01") == secret("02"));
}

TEST(SecretKey, TaprootOutputFitsThePublicOne)
{
    const SigningContext context{kEntropy};
    for (const auto* hex : {"01", "02", "03", "0badc0de", kOrderLessOne}) {
        const auto key = secret(hex);
        for (const auto& root : {std::optional<Hash256>{}, std::optional{number("77")}}) {
            const auto internal = XOnlyKey::of(key.public_key(context));
            const auto output = internal.taproot_output(root);
            const auto output_secret = key.taproot_output(context, root);
            ASSERT_TRUE(output && output_secret);
            const auto output_point = output_secret->public_key(context);
            EXPECT_EQ(XOnlyKey::of(output_point), output->key);
            EXPECT_EQ(output_point.bytes()[0] == std::byte{3}, output->odd);
        }
    }
}

TEST(XOnlyKey, Parsing)
{
    const auto key = XOnlyKey::parse(number(std::string{kGenerator}.substr(2)).span());
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->with_even_y().bytes()), kGenerator);
    EXPECT_FALSE(XOnlyKey::parse(number("05").span()));
    EXPECT_FALSE(XOnlyKey::parse(*from_hex(kGenerator)));
    EXPECT_FALSE(XOnlyKey::parse({}));
    EXPECT_EQ(to_hex(XOnlyKey::nothing_up_my_sleeve().bytes()),
              "50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0");
    const auto tweak = taproot_tweak(key->bytes(), std::nullopt);
    const auto output = key->taproot_output(std::nullopt);
    EXPECT_FALSE(is_taproot_commitment(output->key.bytes().first(31), output->odd, key->bytes(), tweak));
    EXPECT_FALSE(is_taproot_commitment(output->key.bytes(), output->odd, number("05").span(), tweak));
    EXPECT_FALSE(is_taproot_commitment(output->key.bytes(), output->odd, {}, tweak));
    EXPECT_FALSE(is_taproot_commitment(number("05").span(), output->odd, key->bytes(), tweak));
}

TEST(Cleanse, Wipes)
{
    std::array<std::byte, 40> memory;
    memory.fill(std::byte{7});
    cleanse(std::span{memory}.first(39));
    EXPECT_EQ(std::count(memory.begin(), memory.end(), std::byte{0}), 39);
    cleanse(nullptr, 0);
    SecretBytes bytes(10, std::byte{1});
    bytes.resize(1000);
    EXPECT_EQ(bytes[9], std::byte{1});
}

}  // namespace
}  // namespace cairn::crypto
