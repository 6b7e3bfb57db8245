#pragma once
// BIP32: keys that derive keys.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keys/address_format.h"
#include "keys/private_key.h"

namespace cairn::keys {

inline constexpr std::uint32_t kHardened = 0x80000000;
/// Child numbers, hardened ones with kHardened set.
using KeyPath = std::vector<std::uint32_t>;
using Fingerprint = std::array<std::byte, 4>;
Fingerprint fingerprint_of(const KeyId& id);

/// "/84h/0'/1": a slash before each number. `apostrophe`: ' for hardened steps instead of h.
std::string key_path_text(std::span<const std::uint32_t> path, bool apostrophe = false);

/// What public and private extended keys share.
struct KeyLineage {
    std::uint8_t depth = 0;
    Fingerprint parent{};
    std::uint32_t child = 0;
    std::array<std::byte, 32> chain_code{};

    friend bool operator==(const KeyLineage&, const KeyLineage&) = default;
};

struct ExtendedPublicKey {
    KeyLineage lineage;
    PublicKey key;

    friend bool operator==(const ExtendedPublicKey&, const ExtendedPublicKey&) = default;
    Fingerprint fingerprint() const;
    /// Nothing for a hardened child, beyond depth 255, and in the one case in 2^127 that BIP32 leaves out.
    std::optional<ExtendedPublicKey> derive(std::uint32_t child) const;
    /// The 74 bytes that Base58Check encodes after the prefix.
    std::array<std::byte, 74> encode() const;
    static std::optional<ExtendedPublicKey> decode(ByteSpan bytes);
};

struct ExtendedPrivateKey {
    KeyLineage lineage;
    PrivateKey key;

    /// The master key of a seed of 16 to 64 bytes.
    static std::optional<ExtendedPrivateKey> from_seed(ByteSpan seed, const crypto::SigningContext& context);
    ExtendedPublicKey to_public() const;
    std::optional<ExtendedPrivateKey> derive(std::uint32_t child) const;
    std::optional<ExtendedPrivateKey> derive(std::span<const std::uint32_t> path) const;
};

std::string encode_extended(const ExtendedPublicKey& key, const AddressFormat& format);
std::string encode_extended(const ExtendedPrivateKey& key, const AddressFormat& format);
/// Refuse another network's prefix, a wrong checksum, keys off the curve, and a master key with a parent (BIP32).
std::optional<ExtendedPublicKey> decode_extended_public(std::string_view text, const AddressFormat& format);
std::optional<ExtendedPrivateKey> decode_extended_private(std::string_view text, const AddressFormat& format,
                                                          const crypto::SigningContext& context);

}  // namespace cairn::keys
