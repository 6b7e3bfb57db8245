#include "keys/private_key.h"

#include "crypto/cleanse.h"
#include "crypto/ecdsa.h"
#include "keys/base58.h"

namespace cairn::keys {
namespace {

PublicKey public_key_of(const crypto::SecretKey& secret, bool compressed, const crypto::SigningContext& context)
{
    const PublicKey key = secret.public_key(context);
    return compressed ? key : key.uncompressed();
}

}  // namespace

PrivateKey::PrivateKey(const crypto::SecretKey& secret, bool compressed, const crypto::SigningContext& context)
    : secret_(secret), public_key_(public_key_of(secret, compressed, context)), context_(&context)
{
}

std::optional<PrivateKey> PrivateKey::from_bytes(ByteSpan bytes, bool compressed, const crypto::SigningContext& context)
{
    const auto secret = crypto::SecretKey::parse(bytes);
    if (!secret) return std::nullopt;
    return PrivateKey{*secret, compressed, context};
}

std::optional<PrivateKey> PrivateKey::tweak_add(const Hash256& tweak) const
{
    const auto sum = secret_.tweak_add(tweak);
    if (!sum) return std::nullopt;
    return PrivateKey{*sum, true, *context_};
}

Bytes PrivateKey::sign_ecdsa(const Hash256& sighash) const
{
    return crypto::sign_ecdsa(*context_, secret_, sighash);
}

std::string encode_wif(const PrivateKey& key, const AddressFormat& format)
{
    Bytes bytes{static_cast<std::byte>(format.private_key)};
    bytes.reserve(34);
    const ByteSpan secret = key.secret().bytes();
    bytes.insert(bytes.end(), secret.begin(), secret.end());
    if (key.is_compressed()) bytes.push_back(std::byte{1});
    std::string text = encode_base58_check(bytes);
    crypto::cleanse(bytes);
    return text;
}

std::optional<PrivateKey> decode_wif(std::string_view text, const AddressFormat& format,
                                     const crypto::SigningContext& context)
{
    auto bytes = decode_base58_check(text, 34);
    if (!bytes) return std::nullopt;
    const bool compressed = bytes->size() == 34 && bytes->back() == std::byte{1};
    std::optional<PrivateKey> key;
    if ((bytes->size() == 33 || compressed) && bytes->front() == static_cast<std::byte>(format.private_key)) {
        key = PrivateKey::from_bytes(ByteSpan{*bytes}.subspan(1, 32), compressed, context);
    }
    crypto::cleanse(*bytes);
    return key;
}

}  // namespace cairn::keys
