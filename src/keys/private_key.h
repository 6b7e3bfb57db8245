#pragma once
// Keys of the curve: a private one, which wipes itself, and a public one, which is known to be on the curve.

#include <array>
#include <compare>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/hash256.h"
#include "keys/address_format.h"

namespace cairn::keys {

/// HASH160 of a serialized public key.
using KeyId = std::array<std::byte, 20>;
/// The x coordinate of a public key (BIP340).
using XOnlyKey = std::array<std::byte, 32>;

class PublicKey {
public:
    /// Of 33 or 65 bytes that encode a point of the curve; nothing otherwise, also for the hybrid form.
    static std::optional<PublicKey> from_bytes(ByteSpan bytes);
    /// The key with this x coordinate and even y; nothing where the curve has none.
    static std::optional<PublicKey> from_x_only(ByteSpan x);

    ByteSpan span() const { return bytes_; }
    const Bytes& bytes() const { return bytes_; }
    bool is_compressed() const { return bytes_.size() == 33; }
    KeyId id() const;
    XOnlyKey x_only() const;

    friend bool operator==(const PublicKey&, const PublicKey&) = default;
    friend auto operator<=>(const PublicKey&, const PublicKey&) = default;

private:
    explicit PublicKey(Bytes bytes) : bytes_(std::move(bytes)) {}
    Bytes bytes_;
};

/// 32 secret bytes, 1 to the curve's order - 1. Its memory is wiped when it dies; never printed.
class PrivateKey {
public:
    static std::optional<PrivateKey> from_bytes(ByteSpan bytes, bool compressed = true);
    PrivateKey(const PrivateKey&) = default;
    PrivateKey& operator=(const PrivateKey&) = default;
    ~PrivateKey();

    ByteSpan secret() const { return secret_; }
    bool is_compressed() const { return compressed_; }
    PublicKey public_key() const;

    /// DER with low R and low S (Bitcoin Core grinds R the same way, so signatures are equal), without hash type.
    Bytes sign_ecdsa(const Hash256& sighash) const;
    /// BIP340, 64 bytes. With `merkle_root`, by the key tweaked by BIP341 (an empty span: no script tree); without, by
    /// the key itself. `auxiliary` is 32 random bytes, or zeros.
    Bytes sign_schnorr(const Hash256& sighash, const ByteSpan* merkle_root, const Hash256& auxiliary) const;

    /// Equality of the public keys' secrets; for tests.
    friend bool operator==(const PrivateKey&, const PrivateKey&) = default;

private:
    PrivateKey() = default;
    std::array<std::byte, 32> secret_{};
    bool compressed_ = true;
};

/// Wallet import format. Decoding refuses another network's prefix.
std::string encode_wif(const PrivateKey& key, const AddressFormat& format);
std::optional<PrivateKey> decode_wif(std::string_view text, const AddressFormat& format);

/// BIP341: the output key of an internal key and the Merkle root of its scripts (empty: none), and the parity of its y.
struct TweakedKey {
    XOnlyKey key;
    bool odd;
};
std::optional<TweakedKey> tweak_taproot_key(const XOnlyKey& internal, ByteSpan merkle_root);

}  // namespace cairn::keys
