#include "crypto/siphash.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace cairn::crypto {
namespace {

// From the reference implementation's vectors (key 00…0f, input 00, 01, 02, …).
constexpr std::array<std::uint64_t, 16> kReference{
    0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
    0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
    0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
    0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5};

constexpr SipKey kKey{0x0706050403020100, 0x0f0e0d0c0b0a0908};

Bytes counting(std::size_t size)
{
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>(i);
    return out;
}

TEST(SipHash, ReferenceVectors)
{
    for (std::size_t size = 0; size < kReference.size(); ++size) {
        EXPECT_EQ(siphash(kKey, counting(size)), kReference[size]) << size;
    }
}

TEST(SipHash, OfHashesEqualsOfTheirBytes)
{
    const Bytes bytes = counting(36);
    Hash256 hash;
    std::copy_n(bytes.begin(), 32, hash.bytes.begin());
    EXPECT_EQ(siphash(kKey, hash), siphash(kKey, ByteSpan{bytes}.first(32)));
    EXPECT_EQ(siphash(kKey, hash, 0x23222120), siphash(kKey, bytes));
}

TEST(SipHash, SaltedHasherTakesHashesAndOutpoints)
{
    using Name = StrongHash<struct SomeTag>;
    struct Point {
        Name txid;
        std::uint32_t index;
    };
    const SaltedHasher hasher{kKey};
    Name name;
    name.value.bytes[5] = std::byte{7};
    EXPECT_EQ(hasher(name), siphash(kKey, name.value));
    EXPECT_EQ(hasher(name.value), siphash(kKey, name.value));
    EXPECT_EQ(hasher(Point{name, 9}), siphash(kKey, name.value, 9));
    EXPECT_NE(hasher(name), SaltedHasher(SipKey{1, 2})(name));
}

}  // namespace
}  // namespace cairn::crypto
