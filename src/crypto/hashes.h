#pragma once
// The other hashes Bitcoin uses. From Crypto++.

#include <array>
#include <cstddef>

#include "crypto/bytes.h"
#include "crypto/hash256.h"

namespace cairn::crypto {

using Hash160 = std::array<std::byte, 20>;
using Hash512 = std::array<std::byte, 64>;

Hash160 ripemd160(ByteSpan bytes);
Hash160 sha1(ByteSpan bytes);
/// RIPEMD-160 of SHA-256: what addresses hold.
Hash160 hash160(ByteSpan bytes);
Hash512 sha512(ByteSpan bytes);
/// SHA3-256 (the checksum of Tor v3 addresses).
Hash256 sha3_256(ByteSpan bytes);

}  // namespace cairn::crypto
