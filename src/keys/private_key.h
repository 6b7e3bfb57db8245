#pragma once
// Private keys as wallets use them.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/hash256.h"
#include "crypto/public_key.h"
#include "crypto/secret_key.h"
#include "crypto/signing_context.h"
#include "keys/address_format.h"

namespace cairn::keys {

/// HASH160 of a serialized public key, or of a script.
using KeyId = crypto::Hash160;
/// `hash` has its 20 bytes.
inline KeyId key_id(ByteSpan hash)
{
    KeyId id{};
    std::ranges::copy(hash, id.begin());
    return id;
}
using PublicKey = crypto::PublicKey;
using XOnlyKey = crypto::XOnlyKey;

/// A secret key with its public key in the form in which it is used. Wiped when it dies; never printed. Keeps a pointer
/// to the signing context it was made with, which must outlive it.
class PrivateKey {
public:
    PrivateKey(const crypto::SecretKey& secret, bool compressed, const crypto::SigningContext& context);
    /// Nothing unless `bytes` are 32 and in range.
    static std::optional<PrivateKey> from_bytes(ByteSpan bytes, bool compressed, const crypto::SigningContext& context);

    const crypto::SecretKey& secret() const { return secret_; }
    bool is_compressed() const { return public_key_.is_compressed(); }
    const PublicKey& public_key() const { return public_key_; }
    KeyId id() const { return public_key_.hash160(); }
    const crypto::SigningContext& context() const { return *context_; }

    /// BIP32's addition; the result is compressed.
    std::optional<PrivateKey> tweak_add(const Hash256& tweak) const;
    /// DER with low R and low S, equal to Bitcoin Core's byte for byte, without hash type.
    Bytes sign_ecdsa(const Hash256& sighash) const;

    friend bool operator==(const PrivateKey& a, const PrivateKey& b)
    {
        return a.secret_ == b.secret_ && a.public_key_ == b.public_key_;
    }

private:
    crypto::SecretKey secret_;
    PublicKey public_key_;
    const crypto::SigningContext* context_;
};

/// Wallet import format. Decoding refuses another network's prefix.
std::string encode_wif(const PrivateKey& key, const AddressFormat& format);
std::optional<PrivateKey> decode_wif(std::string_view text, const AddressFormat& format,
                                     const crypto::SigningContext& context);

}  // namespace cairn::keys
