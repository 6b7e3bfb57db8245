#pragma once
// BIP340 signatures.

#include <array>
#include <cstddef>
#include <span>

#include "crypto/bytes.h"
#include "crypto/hash256.h"
#include "crypto/secret_key.h"

namespace cairn::crypto {

using SchnorrSignature = std::array<std::byte, 64>;

/// `x_only_key` of 32 bytes, `signature` of 64; false for anything else. The message may have any size (BIP340);
/// Bitcoin's have 32 bytes.
bool verify_schnorr(ByteSpan x_only_key, ByteSpan signature, ByteSpan message);

/// Signs with the key as it is (the y of its point made even, as BIP340 says); for a taproot key path, give
/// key.taproot_output(…). `aux` is 32 bytes of fresh randomness, or zeros for a deterministic signature.
SchnorrSignature sign_schnorr(const SigningContext& context, const SecretKey& key, const Hash256& message,
                              std::span<const std::byte, 32> aux);

}  // namespace cairn::crypto
