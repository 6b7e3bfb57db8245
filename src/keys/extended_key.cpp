#include "keys/extended_key.h"

#include <algorithm>
#include <string_view>

#include "crypto/cleanse.h"
#include "crypto/mac.h"
#include "keys/base58.h"

namespace cairn::keys {
namespace {

constexpr std::size_t kPrefixSize = 4;
constexpr std::size_t kEncodedSize = 74;
using Encoded = std::array<std::byte, kEncodedSize>;

void put_u32(std::span<std::byte> out, std::uint32_t value)
{
    for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

std::uint32_t get_u32(ByteSpan bytes)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
    return value;
}

Encoded encode(const KeyLineage& lineage, ByteSpan key)
{
    Encoded out{};
    out[0] = static_cast<std::byte>(lineage.depth);
    std::ranges::copy(lineage.parent, out.begin() + 1);
    put_u32(std::span{out}.subspan(5, 4), lineage.child);
    std::ranges::copy(lineage.chain_code, out.begin() + 9);
    std::ranges::copy(key, out.end() - static_cast<std::ptrdiff_t>(key.size()));
    return out;
}

/// Refuses a master key (depth 0) that names a parent or a child number.
std::optional<KeyLineage> decode_lineage(ByteSpan bytes)
{
    if (bytes.size() != kEncodedSize) return std::nullopt;
    KeyLineage lineage;
    lineage.depth = std::to_integer<std::uint8_t>(bytes[0]);
    std::ranges::copy(bytes.subspan(1, 4), lineage.parent.begin());
    lineage.child = get_u32(bytes.subspan(5, 4));
    std::ranges::copy(bytes.subspan(9, 32), lineage.chain_code.begin());
    if (lineage.depth == 0 && (lineage.child != 0 || lineage.parent != Fingerprint{})) return std::nullopt;
    return lineage;
}

struct Step {
    Hash256 tweak;
    KeyLineage lineage;
};

/// BIP32's HMAC: `key` is the public key, or a zero byte and the private one.
Step derive_step(const KeyLineage& parent, const PublicKey& parent_key, ByteSpan key, std::uint32_t child)
{
    std::array<std::byte, 37> message{};
    std::ranges::copy(key, message.begin());
    put_u32(std::span{message}.subspan(33), child);
    auto hash = crypto::hmac_sha512(parent.chain_code, message);
    Step step;
    std::copy_n(hash.begin(), 32, step.tweak.bytes.begin());
    step.lineage = {static_cast<std::uint8_t>(parent.depth + 1), fingerprint_of(parent_key.hash160()), child, {}};
    std::copy_n(hash.begin() + 32, 32, step.lineage.chain_code.begin());
    crypto::cleanse(hash);
    crypto::cleanse(message);
    return step;
}

template <std::size_t N>
bool has_prefix(ByteSpan bytes, const std::array<std::uint8_t, N>& prefix)
{
    return bytes.size() >= N && std::ranges::equal(bytes.first(N), std::as_bytes(std::span{prefix}));
}

std::string encode_with(const std::array<std::uint8_t, 4>& prefix, ByteSpan encoded)
{
    Bytes bytes;
    bytes.reserve(kPrefixSize + kEncodedSize);
    for (const std::uint8_t byte : prefix) bytes.push_back(static_cast<std::byte>(byte));
    bytes.insert(bytes.end(), encoded.begin(), encoded.end());
    std::string text = encode_base58_check(bytes);
    crypto::cleanse(bytes);
    return text;
}

}  // namespace

Fingerprint fingerprint_of(const KeyId& id)
{
    Fingerprint fingerprint;
    std::copy_n(id.begin(), fingerprint.size(), fingerprint.begin());
    return fingerprint;
}

std::string key_path_text(std::span<const std::uint32_t> path, bool apostrophe)
{
    std::string text;
    for (const std::uint32_t step : path) {
        text += '/' + std::to_string(step & ~kHardened);
        if ((step & kHardened) != 0) text += apostrophe ? '\'' : 'h';
    }
    return text;
}

Fingerprint ExtendedPublicKey::fingerprint() const
{
    return fingerprint_of(key.hash160());
}

std::optional<ExtendedPublicKey> ExtendedPublicKey::derive(std::uint32_t child) const
{
    if ((child & kHardened) != 0 || lineage.depth == 255) return std::nullopt;
    const Step step = derive_step(lineage, key, key.bytes(), child);
    const auto sum = key.tweak_add(step.tweak);
    if (!sum) return std::nullopt;
    return ExtendedPublicKey{step.lineage, *sum};
}

std::array<std::byte, 74> ExtendedPublicKey::encode() const
{
    return keys::encode(lineage, key.bytes());
}

std::optional<ExtendedPublicKey> ExtendedPublicKey::decode(ByteSpan bytes)
{
    const auto lineage = decode_lineage(bytes);
    if (!lineage) return std::nullopt;
    const auto key = PublicKey::parse(bytes.subspan(41));
    if (!key) return std::nullopt;
    return ExtendedPublicKey{*lineage, *key};
}

std::optional<ExtendedPrivateKey> ExtendedPrivateKey::from_seed(ByteSpan seed, const crypto::SigningContext& context)
{
    if (seed.size() < 16 || seed.size() > 64) return std::nullopt;
    constexpr std::string_view kDomain = "Bitcoin seed";
    auto hash = crypto::hmac_sha512(std::as_bytes(std::span{kDomain}), seed);
    const auto key = PrivateKey::from_bytes(ByteSpan{hash}.first(32), true, context);
    KeyLineage lineage;
    std::copy_n(hash.begin() + 32, 32, lineage.chain_code.begin());
    crypto::cleanse(hash);
    if (!key) return std::nullopt;
    return ExtendedPrivateKey{lineage, *key};
}

ExtendedPublicKey ExtendedPrivateKey::to_public() const
{
    return {lineage, key.public_key()};
}

std::optional<ExtendedPrivateKey> ExtendedPrivateKey::derive(std::uint32_t child) const
{
    if (lineage.depth == 255) return std::nullopt;
    std::array<std::byte, 33> secret{};
    std::ranges::copy(key.secret().bytes(), secret.begin() + 1);
    const bool hardened = (child & kHardened) != 0;
    Step step = derive_step(lineage, key.public_key(), hardened ? ByteSpan{secret} : key.public_key().bytes(), child);
    crypto::cleanse(secret);
    const auto sum = key.tweak_add(step.tweak);
    crypto::cleanse(step.tweak.bytes);
    if (!sum) return std::nullopt;
    return ExtendedPrivateKey{step.lineage, *sum};
}

std::optional<ExtendedPrivateKey> ExtendedPrivateKey::derive(std::span<const std::uint32_t> path) const
{
    std::optional<ExtendedPrivateKey> derived = *this;
    for (const std::uint32_t step : path) {
        derived = derived->derive(step);
        if (!derived) return std::nullopt;
    }
    return derived;
}

std::string encode_extended(const ExtendedPublicKey& key, const AddressFormat& format)
{
    return encode_with(format.extended_public, key.encode());
}

std::string encode_extended(const ExtendedPrivateKey& key, const AddressFormat& format)
{
    Encoded encoded = encode(key.lineage, key.key.secret().bytes());
    std::string text = encode_with(format.extended_private, encoded);
    crypto::cleanse(encoded);
    return text;
}

std::optional<ExtendedPublicKey> decode_extended_public(std::string_view text, const AddressFormat& format)
{
    const auto bytes = decode_base58_check(text, kPrefixSize + kEncodedSize);
    if (!bytes || !has_prefix(*bytes, format.extended_public)) return std::nullopt;
    return ExtendedPublicKey::decode(ByteSpan{*bytes}.subspan(kPrefixSize));
}

std::optional<ExtendedPrivateKey> decode_extended_private(std::string_view text, const AddressFormat& format,
                                                          const crypto::SigningContext& context)
{
    auto bytes = decode_base58_check(text, kPrefixSize + kEncodedSize);
    if (!bytes) return std::nullopt;
    std::optional<ExtendedPrivateKey> result;
    if (has_prefix(*bytes, format.extended_private)) {
        const ByteSpan encoded = ByteSpan{*bytes}.subspan(kPrefixSize);
        const auto lineage = decode_lineage(encoded);
        if (lineage && encoded[41] == std::byte{0}) {
            if (const auto key = PrivateKey::from_bytes(encoded.subspan(42), true, context)) {
                result = ExtendedPrivateKey{*lineage, *key};
            }
        }
    }
    crypto::cleanse(*bytes);
    return result;
}

}  // namespace cairn::keys
