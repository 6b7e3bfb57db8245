#pragma once
// Messages signed with the key of an address, as Bitcoin Core's signmessage makes and verifymessage reads them.
//
// A signature is 65 bytes: 27 plus the recovery id, plus 4 where the key is compressed; then R and S. It names its key,
// so that the hash of an address is enough to check it.

#include <string_view>

#include "crypto/bytes.h"
#include "keys/private_key.h"

namespace cairn::keys {

Bytes sign_message(const PrivateKey& key, std::string_view message);
/// Whether the key that made the signature has that id, in the form (compressed or not) that the signature says.
/// Anything but 65 bytes is no signature.
bool is_signed_by(const KeyId& id, ByteSpan signature, std::string_view message);

}  // namespace cairn::keys
