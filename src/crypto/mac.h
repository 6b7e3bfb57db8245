#pragma once
// Keyed hashes and keys derived with them. From Crypto++.

#include <cstdint>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/hash256.h"
#include "crypto/hashes.h"

namespace cairn::crypto {

Hash256 hmac_sha256(ByteSpan key, ByteSpan message);
Hash512 hmac_sha512(ByteSpan key, ByteSpan message);

/// PBKDF2-HMAC-SHA512 with 64 bytes of output (BIP39 uses 2048 iterations). At least one iteration.
Hash512 pbkdf2_hmac_sha512(ByteSpan password, ByteSpan salt, std::uint32_t iterations);

/// HKDF-SHA256 with 32 bytes of output (RFC 5869, as BIP324 uses it).
Hash256 hkdf_sha256_32(ByteSpan key_material, ByteSpan salt, ByteSpan info);

/// Whether both are equal, in a time that depends on their sizes only.
bool equal_in_constant_time(ByteSpan a, ByteSpan b);

}  // namespace cairn::crypto
