#include "crypto/public_key.h"

#include <algorithm>
#include <cassert>

#include "crypto/points.h"
#include "crypto/raw_bytes.h"
#include "crypto/sha256.h"

namespace cairn::crypto {
namespace {

secp256k1_pubkey point_of(const PublicKey& key)
{
    const auto point = parse_point(key.bytes());
    assert(point);
    return *point;
}

PublicKey serialize(const secp256k1_pubkey& point, unsigned flags)
{
    std::array<std::byte, PublicKey::kUncompressedSize> bytes;
    std::size_t size = bytes.size();
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, raw(bytes.data()), &size, &point, flags);
    return *PublicKey::parse(ByteSpan{bytes}.first(size));
}

}  // namespace

std::optional<secp256k1_pubkey> parse_point(ByteSpan bytes)
{
    secp256k1_pubkey point;
    if (secp256k1_ec_pubkey_parse(secp256k1_context_static, &point, raw(bytes), bytes.size()) == 0) return std::nullopt;
    return point;
}

std::optional<secp256k1_xonly_pubkey> parse_x_only(ByteSpan bytes)
{
    secp256k1_xonly_pubkey point;
    if (bytes.size() != 32 || secp256k1_xonly_pubkey_parse(secp256k1_context_static, &point, raw(bytes)) == 0) {
        return std::nullopt;
    }
    return point;
}

PublicKey compress(const secp256k1_pubkey& point)
{
    return serialize(point, SECP256K1_EC_COMPRESSED);
}

bool has_public_key_form(ByteSpan bytes)
{
    if (bytes.empty()) return false;
    switch (std::to_integer<int>(bytes[0])) {
        case 2:
        case 3:
            return bytes.size() == PublicKey::kCompressedSize;
        case 4:
        case 6:
        case 7:
            return bytes.size() == PublicKey::kUncompressedSize;
        default:
            return false;
    }
}

std::optional<PublicKey> PublicKey::parse(ByteSpan bytes)
{
    if (!has_public_key_form(bytes) || !parse_point(bytes)) return std::nullopt;
    PublicKey key;
    std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
    key.size_ = bytes.size();
    return key;
}

PublicKey PublicKey::uncompressed() const
{
    return serialize(point_of(*this), SECP256K1_EC_UNCOMPRESSED);
}

std::optional<PublicKey> PublicKey::tweak_add(const Hash256& tweak) const
{
    secp256k1_pubkey point = point_of(*this);
    if (secp256k1_ec_pubkey_tweak_add(secp256k1_context_static, &point, raw(tweak.span())) == 0) return std::nullopt;
    return compress(point);
}

std::strong_ordering operator<=>(const PublicKey& a, const PublicKey& b)
{
    const ByteSpan x = a.bytes();
    const ByteSpan y = b.bytes();
    return std::lexicographical_compare_three_way(x.begin(), x.end(), y.begin(), y.end());
}

std::optional<XOnlyKey> XOnlyKey::parse(ByteSpan bytes)
{
    if (!parse_x_only(bytes)) return std::nullopt;
    XOnlyKey key;
    std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
    return key;
}

XOnlyKey XOnlyKey::of(const PublicKey& key)
{
    const ByteSpan x = key.bytes().subspan(1, 32);
    XOnlyKey out;
    std::copy(x.begin(), x.end(), out.bytes_.begin());
    return out;
}

XOnlyKey XOnlyKey::nothing_up_my_sleeve()
{
    // BIP341: the hash of the generator's uncompressed encoding.
    constexpr std::array<unsigned char, 32> kPoint{0x50, 0x92, 0x9b, 0x74, 0xc1, 0xa0, 0x49, 0x54, 0xb7, 0x8b, 0x4b,
                                                   0x60, 0x35, 0xe9, 0x7a, 0x5e, 0x07, 0x8a, 0x5a, 0x0f, 0x28, 0xec,
                                                   0x96, 0xd5, 0x47, 0xbf, 0xee, 0x9a, 0xce, 0x80, 0x3a, 0xc0};
    return *parse(std::as_bytes(std::span{kPoint}));
}

PublicKey XOnlyKey::with_even_y() const
{
    std::array<std::byte, PublicKey::kCompressedSize> bytes;
    bytes[0] = std::byte{2};
    std::copy(bytes_.begin(), bytes_.end(), bytes.begin() + 1);
    return *PublicKey::parse(bytes);
}

std::optional<XOnlyKey::Tweaked> XOnlyKey::taproot_output(const std::optional<Hash256>& merkle_root) const
{
    return tweak_add(taproot_tweak(bytes_, merkle_root));
}

std::optional<XOnlyKey::Tweaked> XOnlyKey::tweak_add(const Hash256& tweak) const
{
    const auto point = parse_x_only(bytes_);
    assert(point);
    secp256k1_pubkey tweaked;
    if (secp256k1_xonly_pubkey_tweak_add(secp256k1_context_static, &tweaked, &*point, raw(tweak.span())) == 0) {
        return std::nullopt;
    }
    const PublicKey key = compress(tweaked);
    return Tweaked{of(key), key.bytes()[0] == std::byte{3}};
}

Hash256 taproot_tweak(ByteSpan internal_key, const std::optional<Hash256>& merkle_root)
{
    static const Sha256 start = tagged_hasher("TapTweak");
    Sha256 hasher = start;
    hasher.write(internal_key);
    if (merkle_root) hasher.write(merkle_root->span());
    return hasher.finish();
}

bool is_taproot_commitment(ByteSpan output_key, bool odd, ByteSpan internal_key, const Hash256& tweak)
{
    const auto internal = parse_x_only(internal_key);
    return internal && output_key.size() == 32 &&
           secp256k1_xonly_pubkey_tweak_add_check(secp256k1_context_static, raw(output_key), odd ? 1 : 0, &*internal,
                                                  raw(tweak.span())) != 0;
}

}  // namespace cairn::crypto
