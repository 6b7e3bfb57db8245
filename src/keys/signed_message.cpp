#include "keys/signed_message.h"

#include <algorithm>

#include "consensus/encoding/writer.h"
#include "crypto/ecdsa.h"
#include "crypto/sha256.h"

namespace cairn::keys {
namespace {

constexpr std::string_view kPrefix = "Bitcoin Signed Message:\n";
constexpr std::size_t kSignatureSize = 65;
constexpr int kFirstHeader = 27;
constexpr int kCompressed = 4;

/// So that what is signed is never a transaction.
Hash256 hash_of(std::string_view message)
{
    const auto bytes = [](std::string_view text) { return std::as_bytes(std::span{text}); };
    return crypto::sha256d(Writer().sized_bytes(bytes(kPrefix)).sized_bytes(bytes(message)).view());
}

}  // namespace

Bytes sign_message(const PrivateKey& key, std::string_view message)
{
    const auto signature = crypto::sign_recoverable(key.context(), key.secret(), hash_of(message));
    const int header = kFirstHeader + signature.recovery_id + (key.is_compressed() ? kCompressed : 0);
    Bytes out{static_cast<std::byte>(header)};
    out.insert(out.end(), signature.compact.begin(), signature.compact.end());
    return out;
}

bool is_signed_by(const KeyId& id, ByteSpan signature, std::string_view message)
{
    if (signature.size() != kSignatureSize) return false;
    const auto header = static_cast<unsigned>(std::to_integer<int>(signature[0]) - kFirstHeader);
    crypto::RecoverableSignature parts;
    parts.recovery_id = static_cast<int>(header & 3);
    std::ranges::copy(signature.subspan(1), parts.compact.begin());
    const auto key = crypto::recover(parts, hash_of(message));
    if (!key) return false;
    return ((header & kCompressed) != 0 ? *key : key->uncompressed()).hash160() == id;
}

}  // namespace cairn::keys
