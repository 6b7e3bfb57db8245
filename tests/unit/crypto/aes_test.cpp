#include "crypto/aes.h"

#include <array>

#include <gtest/gtest.h>

#include "crypto/hex.h"
#include "support/files.h"

namespace cairn::crypto {
namespace {

using test::unhex;

template <std::size_t N>
std::array<std::byte, N> array_of(const std::string& hex)
{
    std::array<std::byte, N> out{};
    const Bytes bytes = unhex(hex);
    std::ranges::copy(bytes, out.begin());
    return out;
}

// NIST SP 800-38A, F.2.5, first block; then a block of padding.
TEST(Aes, MatchesTheStandard)
{
    const auto key = array_of<32>("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    const auto iv = array_of<16>("000102030405060708090a0b0c0d0e0f");
    const Bytes plain = unhex("6bc1bee22e409f96e93d7e117393172a");
    const Bytes cipher = aes256_cbc_encrypt(key, iv, plain);
    ASSERT_EQ(cipher.size(), 32U);
    EXPECT_EQ(to_hex(ByteSpan{cipher}.first(16)), "f58c4c04d6e5f1ba779eabfb5f7bfbd6");
    const auto back = aes256_cbc_decrypt(key, iv, cipher);
    ASSERT_TRUE(back);
    EXPECT_TRUE(std::ranges::equal(*back, plain));
}

TEST(Aes, RefusesWhatIsNotPadded)
{
    const auto key = array_of<32>("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    const auto iv = array_of<16>("000102030405060708090a0b0c0d0e0f");
    const Bytes cipher = aes256_cbc_encrypt(key, iv, unhex("00112233"));
    EXPECT_TRUE(aes256_cbc_decrypt(key, iv, cipher));
    EXPECT_FALSE(aes256_cbc_decrypt(key, iv, ByteSpan{cipher}.first(15)));
    EXPECT_FALSE(aes256_cbc_decrypt(key, iv, {}));
    Bytes other = cipher;
    other.back() ^= std::byte{1};
    const auto changed = aes256_cbc_decrypt(key, iv, other);
    EXPECT_FALSE(changed && std::ranges::equal(*changed, unhex("00112233")));
}

}  // namespace
}  // namespace cairn::crypto
