#include "crypto/chacha20.h"

#include <string_view>

#include <gtest/gtest.h>

#include "crypto/hex.h"

namespace cairn::crypto {
namespace {

template <std::size_t N>
std::array<std::byte, N> fixed(std::string_view hex)
{
    const auto bytes = from_hex(hex);
    std::array<std::byte, N> out{};
    if (bytes && bytes->size() == N) std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
}

const auto kCountingKey = fixed<32>("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
const auto kAeadKey = fixed<32>("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
const auto kNonce = fixed<12>("070000004041424344454647");
const auto kLongNonce = fixed<24>("404142434445464748494a4b4c4d4e4f5051525354555657");
const auto kAssociated = fixed<12>("50515253c0c1c2c3c4c5c6c7");
constexpr std::string_view kPlain =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be "
    "it.";

ByteSpan plain()
{
    return std::as_bytes(std::span{kPlain});
}

// RFC 8439, section 2.3.2.
TEST(ChaCha20, Keystream)
{
    const auto nonce = fixed<12>("000000090000004a00000000");
    std::array<std::byte, 64> out;
    ChaCha20{kCountingKey, nonce, 1}.keystream(out);
    EXPECT_EQ(to_hex(out),
              "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
              "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
}

TEST(ChaCha20, PiecesAreTheStream)
{
    std::array<std::byte, 300> whole;
    ChaCha20{kCountingKey, kNonce}.keystream(whole);
    ChaCha20 stream{kCountingKey, kNonce};
    std::array<std::byte, 300> pieces{};
    for (std::size_t at = 0, size = 1; at < pieces.size(); at += size, size = std::min(size + 7, pieces.size() - at)) {
        if (size % 2 == 0) {
            stream.keystream(std::span{pieces}.subspan(at, size));
        } else {
            stream.crypt(ByteSpan{pieces}.subspan(at, size), std::span{pieces}.subspan(at, size));
        }
    }
    EXPECT_EQ(pieces, whole);
}

// RFC 8439, section 2.8.2.
TEST(ChaCha20Poly1305, Rfc8439)
{
    const Bytes cipher = chacha20_poly1305_encrypt(kAeadKey, kNonce, kAssociated, plain());
    ASSERT_EQ(cipher.size(), kPlain.size() + kAeadTagSize);
    EXPECT_EQ(to_hex(ByteSpan{cipher}.first(16)), "d31a8d34648e60db7b86afbc53ef7ec2");
    EXPECT_EQ(to_hex(ByteSpan{cipher}.last(16)), "1ae10b594f09e26a7e902ecbd0600691");
    EXPECT_EQ(chacha20_poly1305_decrypt(kAeadKey, kNonce, kAssociated, cipher), Bytes(plain().begin(), plain().end()));
}

// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
TEST(ChaCha20Poly1305, XChaCha)
{
    const Bytes cipher = xchacha20_poly1305_encrypt(kAeadKey, kLongNonce, kAssociated, plain());
    EXPECT_EQ(to_hex(ByteSpan{cipher}.first(16)), "bd6d179d3e83d43b9576579493c0e939");
    EXPECT_EQ(to_hex(ByteSpan{cipher}.last(16)), "c0875924c1c7987947deafd8780acf49");
    EXPECT_EQ(xchacha20_poly1305_decrypt(kAeadKey, kLongNonce, kAssociated, cipher),
              Bytes(plain().begin(), plain().end()));
}

TEST(ChaCha20Poly1305, AnyChangeIsRefused)
{
    Bytes cipher = chacha20_poly1305_encrypt(kAeadKey, kNonce, kAssociated, plain());
    Bytes long_cipher = xchacha20_poly1305_encrypt(kAeadKey, kLongNonce, kAssociated, plain());
    for (std::size_t i = 0; i < cipher.size(); ++i) {
        cipher[i] ^= std::byte{1};
        long_cipher[i] ^= std::byte{0x80};
        EXPECT_FALSE(chacha20_poly1305_decrypt(kAeadKey, kNonce, kAssociated, cipher));
        EXPECT_FALSE(xchacha20_poly1305_decrypt(kAeadKey, kLongNonce, kAssociated, long_cipher));
        cipher[i] ^= std::byte{1};
        long_cipher[i] ^= std::byte{0x80};
    }
    EXPECT_FALSE(chacha20_poly1305_decrypt(kAeadKey, kNonce, {}, cipher));
    EXPECT_FALSE(chacha20_poly1305_decrypt(kCountingKey, kNonce, kAssociated, cipher));
    EXPECT_FALSE(chacha20_poly1305_decrypt(kAeadKey, kNonce, kAssociated, ByteSpan{cipher}.first(15)));
    EXPECT_FALSE(chacha20_poly1305_decrypt(kAeadKey, kNonce, kAssociated, {}));
}

TEST(ChaCha20Poly1305, Empty)
{
    const Bytes cipher = chacha20_poly1305_encrypt(kAeadKey, kNonce, {}, {});
    EXPECT_EQ(cipher.size(), kAeadTagSize);
    EXPECT_EQ(chacha20_poly1305_decrypt(kAeadKey, kNonce, {}, cipher), Bytes{});
}

}  // namespace
}  // namespace cairn::crypto
