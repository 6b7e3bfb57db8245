#pragma once
// Public keys on secp256k1, as values that were checked to be on the curve.

#include <array>
#include <compare>
#include <cstddef>
#include <optional>

#include "crypto/bytes.h"
#include "crypto/hash256.h"
#include "crypto/hashes.h"

namespace cairn::crypto {

/// Whether a key of this size and first byte could be one (33 bytes: 02, 03; 65 bytes: 04, 06, 07). Says nothing about
/// the curve.
bool has_public_key_form(ByteSpan bytes);

/// A valid public key in the form in which it was given: 33 bytes, or 65 (uncompressed, or hybrid).
class PublicKey {
public:
    static constexpr std::size_t kCompressedSize = 33;
    static constexpr std::size_t kUncompressedSize = 65;

    /// Nothing unless `bytes` is the encoding of a point on the curve.
    static std::optional<PublicKey> parse(ByteSpan bytes);

    ByteSpan bytes() const { return ByteSpan{bytes_}.first(size_); }
    std::size_t size() const { return size_; }
    bool is_compressed() const { return size_ == kCompressedSize; }
    PublicKey uncompressed() const;
    Hash160 hash160() const { return crypto::hash160(bytes()); }

    /// This point plus `tweak` times the generator, compressed (BIP32). Nothing if the tweak is not below the order of
    /// the group or the sum is infinity.
    std::optional<PublicKey> tweak_add(const Hash256& tweak) const;

    /// By the bytes of the form given.
    friend bool operator==(const PublicKey& a, const PublicKey& b) { return (a <=> b) == 0; }
    friend std::strong_ordering operator<=>(const PublicKey& a, const PublicKey& b);

private:
    PublicKey() = default;

    std::array<std::byte, kUncompressedSize> bytes_{};
    std::size_t size_ = 0;
};

/// A valid x-only key (BIP340): the x coordinate of a point whose y is even.
class XOnlyKey {
public:
    struct Tweaked;

    static std::optional<XOnlyKey> parse(ByteSpan bytes);
    static XOnlyKey of(const PublicKey& key);
    /// The point nobody knows a discrete logarithm of (BIP341's H), for keys that only scripts spend.
    static XOnlyKey nothing_up_my_sleeve();

    ByteSpan bytes() const { return bytes_; }
    /// The point with even y, compressed.
    PublicKey with_even_y() const;

    /// The taproot output key (BIP341): tweaked by the tagged hash of this key and, if given, the script tree's root.
    /// Nothing in the unreachable case of a tweak outside the group's order.
    std::optional<Tweaked> taproot_output(const std::optional<Hash256>& merkle_root) const;
    /// Plus `tweak` times the generator.
    std::optional<Tweaked> tweak_add(const Hash256& tweak) const;

    friend auto operator<=>(const XOnlyKey&, const XOnlyKey&) = default;

private:
    XOnlyKey() = default;

    std::array<std::byte, 32> bytes_{};
};

struct XOnlyKey::Tweaked {
    XOnlyKey key;
    /// Whether the tweaked point's y is odd: what a control block's lowest bit says.
    bool odd = false;
};

/// BIP341's tweak: the tagged hash "TapTweak" of the internal key and the root, if there is one.
Hash256 taproot_tweak(ByteSpan internal_key, const std::optional<Hash256>& merkle_root);

/// Whether `output_key` (32 bytes), with this parity, is `internal_key` (32 bytes) tweaked by `tweak`: the check of a
/// script-path spend. False for keys that are none.
bool is_taproot_commitment(ByteSpan output_key, bool odd, ByteSpan internal_key, const Hash256& tweak);

}  // namespace cairn::crypto
