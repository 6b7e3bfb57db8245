#include "crypto/sha256.h"

#include <string>
#include <vector>

#include <cryptopp/sha.h>
#include <gtest/gtest.h>

#include "crypto/hex.h"

namespace cairn::crypto {
namespace {

ByteSpan bytes_of(std::string_view text)
{
    return std::as_bytes(std::span{text});
}

Bytes pattern(std::size_t size, unsigned seed = 1)
{
    Bytes out(size);
    unsigned state = seed;
    for (auto& byte : out) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<std::byte>(state >> 24);
    }
    return out;
}

Hash256 by_cryptopp(ByteSpan bytes)
{
    Hash256 out;
    CryptoPP::SHA256 hasher;
    hasher.CalculateDigest(reinterpret_cast<CryptoPP::byte*>(out.bytes.data()),
                           reinterpret_cast<const CryptoPP::byte*>(bytes.data()), bytes.size());
    return out;
}

TEST(Sha256, KnownAnswers)
{
    EXPECT_EQ(to_hex(sha256({}).span()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256(bytes_of("abc")).span()),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).span()),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(to_hex(sha256d(bytes_of("hello")).span()),
              "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
}

TEST(Sha256, EqualsCryptoppAtEverySize)
{
    for (std::size_t size = 0; size < 300; ++size) {
        const Bytes input = pattern(size);
        EXPECT_EQ(sha256(input), by_cryptopp(input)) << size;
        EXPECT_EQ(sha256d(input), by_cryptopp(by_cryptopp(input).span())) << size;
    }
}

TEST(Sha256, WritingInPiecesChangesNothing)
{
    const Bytes input = pattern(257);
    for (std::size_t piece = 1; piece <= 130; ++piece) {
        Sha256 hasher;
        for (std::size_t at = 0; at < input.size(); at += piece) {
            hasher.write(ByteSpan{input}.subspan(at, std::min(piece, input.size() - at)));
        }
        EXPECT_EQ(hasher.finish(), sha256(input)) << piece;
    }
}

TEST(Sha256, ACopyGoesOnFromTheSamePoint)
{
    const Bytes start = pattern(100);
    const Bytes end = pattern(77, 2);
    Bytes all = start;
    all.insert(all.end(), end.begin(), end.end());
    const Sha256 midstate = Sha256{}.write(start);
    EXPECT_EQ(Sha256{midstate}.write(end).finish(), sha256(all));
    EXPECT_EQ(Sha256{midstate}.finish(), sha256(start));
}

TEST(Sha256, IntegersAreLittleEndianAndCompactSizesMinimal)
{
    const auto written = [](auto write) {
        Sha256 hasher;
        write(hasher);
        return hasher.finish();
    };
    const auto of_hex = [](std::string_view hex) { return sha256(*from_hex(hex)); };
    EXPECT_EQ(written([](Sha256& h) { h.write_u32(0x01020304); }), of_hex("04030201"));
    EXPECT_EQ(written([](Sha256& h) { h.write_u64(0x0102030405060708); }), of_hex("0807060504030201"));
    EXPECT_EQ(written([](Sha256& h) { h.write_compact_size(0xfc); }), of_hex("fc"));
    EXPECT_EQ(written([](Sha256& h) { h.write_compact_size(0xfd); }), of_hex("fdfd00"));
    EXPECT_EQ(written([](Sha256& h) { h.write_compact_size(0xffff); }), of_hex("fdffff"));
    EXPECT_EQ(written([](Sha256& h) { h.write_compact_size(0x10000); }), of_hex("fe00000100"));
    EXPECT_EQ(written([](Sha256& h) { h.write_compact_size(0xffffffff); }), of_hex("feffffffff"));
    EXPECT_EQ(written([](Sha256& h) { h.write_compact_size(0x100000000); }), of_hex("ff0000000001000000"));
}

TEST(Sha256, D64HashesEachPieceAlsoInPlace)
{
    for (std::size_t pieces = 0; pieces <= 40; ++pieces) {
        Bytes blocks = pattern(64 * pieces, static_cast<unsigned>(pieces));
        Bytes expected;
        for (std::size_t i = 0; i < pieces; ++i) {
            const Hash256 hash = sha256d(ByteSpan{blocks}.subspan(64 * i, 64));
            expected.insert(expected.end(), hash.bytes.begin(), hash.bytes.end());
        }
        Bytes apart(32 * pieces);
        sha256d64(apart, blocks);
        EXPECT_EQ(apart, expected) << pieces;
        sha256d64(blocks, blocks);
        blocks.resize(32 * pieces);
        EXPECT_EQ(blocks, expected) << pieces;
    }
}

TEST(Sha256, TaggedHashIsBip340s)
{
    const Hash256 tag = sha256(bytes_of("BIP0340/challenge"));
    Bytes all{tag.bytes.begin(), tag.bytes.end()};
    all.insert(all.end(), tag.bytes.begin(), tag.bytes.end());
    const Bytes message = pattern(50);
    all.insert(all.end(), message.begin(), message.end());
    EXPECT_EQ(tagged_hasher("BIP0340/challenge").write(message).finish(), sha256(all));
}

}  // namespace
}  // namespace cairn::crypto
