#pragma once
// Secret keys on secp256k1, wiped when they go.

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "crypto/bytes.h"
#include "crypto/hash256.h"
#include "crypto/public_key.h"
#include "crypto/signing_context.h"

namespace cairn::crypto {

/// A valid secret key: 32 bytes, a number from 1 to the group's order less one.
class SecretKey {
public:
    static constexpr std::size_t kSize = 32;

    /// Nothing unless `bytes` are 32 and in range. The caller wipes what it holds itself.
    static std::optional<SecretKey> parse(ByteSpan bytes);

    SecretKey(const SecretKey&) = default;
    SecretKey& operator=(const SecretKey&) = default;
    ~SecretKey();

    /// The secret itself: for storage under encryption and for export only.
    ByteSpan bytes() const { return bytes_; }
    /// Compressed.
    PublicKey public_key(const SigningContext& context) const;

    /// This key plus `tweak` (BIP32). Nothing if the tweak is out of range or the sum is zero.
    std::optional<SecretKey> tweak_add(const Hash256& tweak) const;
    SecretKey negated() const;
    /// The key of the taproot output key that this one's x-only key is the internal key of.
    std::optional<SecretKey> taproot_output(const SigningContext& context,
                                            const std::optional<Hash256>& merkle_root) const;

    /// In constant time.
    friend bool operator==(const SecretKey& a, const SecretKey& b);

private:
    SecretKey() = default;

    std::array<std::byte, kSize> bytes_{};
};

}  // namespace cairn::crypto
